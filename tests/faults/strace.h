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

// A Disturbance is what strace(1) does to the system calls of a process.
struct Disturbance {
  // strace's list of the calls: "fsync,syncfs".
  std::string calls;
  // What happens at a call, in strace's words: "signal=KILL:when=3" kills right
  // before the third, and "error=EIO" fails all. If empty, the calls are only
  // watched. `when` counts each of the calls by itself, and for each thread by
  // itself.
  std::string effect;
  // Paths of the files whose calls are meant, also through descriptors. If
  // empty, the calls on all files are meant.
  std::vector<std::string> paths;
};

// A Strace watches a running process with all its threads, from the moment that
// it exists until Detach is called or until it is destroyed. Not thread-safe.
class Strace {
 public:
  // Returns why strace cannot be used here, or "".
  static std::string Unusable();

  static absl::StatusOr<std::unique_ptr<Strace>> Attach(
      pid_t pid, const Disturbance& disturbance);

  // Lets the process go on undisturbed, unless it has been killed. Returns the
  // calls that were seen, one a line.
  std::string Detach();

 private:
  Strace() = default;

  // The log must outlive the process, which writes to it.
  OutputLog log_;
  std::unique_ptr<Daemon> strace_;
};

// Counts the calls of each kind in `calls`, which Detach returned, for each
// thread, and returns the largest count of any thread.
std::map<std::string, int> MostCallsOfAThread(const std::string& calls);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_STRACE_H_
