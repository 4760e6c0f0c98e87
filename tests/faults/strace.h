#ifndef FAAS_TESTS_FAULTS_STRACE_H_
#define FAAS_TESTS_FAULTS_STRACE_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "testing/daemon_process.h"
#include "testing/output_log.h"

namespace faas::testing {

// What strace(1) does to the system calls of a process.
struct Disturbance {
  // strace's list of them: "fsync,syncfs".
  std::string calls;
  // What happens at a call, in strace's words: "signal=KILL:when=3" kills right
  // before the third, "error=EIO" fails all. They are only watched if empty.
  // `when` counts each of the calls by itself, and for each thread by itself.
  std::string effect;
  // Of calls on these paths only, also by descriptor; of all if empty.
  std::vector<std::string> paths;
};

// strace on a process that runs, with all its threads. From the moment that it
// is there until Detach, or until this goes. Not thread-safe.
class Strace {
 public:
  // Why there can be none here, or "".
  static std::string Unusable();

  static absl::StatusOr<std::unique_ptr<Strace>> Attach(
      pid_t pid, const Disturbance& disturbance);

  // The process goes on undisturbed, unless it has been killed. Returns the
  // calls that were seen, one a line.
  std::string Detach();

 private:
  Strace() = default;

  // Before the process, which writes to it.
  OutputLog log_;
  std::unique_ptr<Daemon> strace_;
};

// Of calls as Detach gives them: how many there were of each kind in that
// thread which made the most.
std::map<std::string, int> MostCallsOfAThread(const std::string& calls);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_STRACE_H_
