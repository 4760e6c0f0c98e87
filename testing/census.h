#ifndef FAAS_TESTING_CENSUS_H_
#define FAAS_TESTING_CENSUS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace faas::testing {

// What is there at one moment on a private host, to be compared with what is
// there later: containers leave nothing behind. Threads and descriptors of
// daemons may grow a little on first use, so count after a first request.
struct Census {
  // "<pid> <command>" of every process but zombies.
  std::vector<std::string> processes;
  // Mount points below the state directory.
  std::vector<std::string> mounts;
  // All cgroups, below the host's roots.
  std::vector<std::string> cgroups;
  // Entries of the directories that hold something only for a while:
  // bundles, staging, the runtime's state.
  std::vector<std::string> entries;
  // Open descriptors of each of our daemons, by pid.
  std::map<pid_t, size_t> descriptors;

  friend bool operator==(const Census& a, const Census& b) {
    return a.Describe() == b.Describe();
  }
  // One line for each thing.
  std::string Describe() const;
};

// Counts. `daemons` are the pids whose descriptors count; `directories` those
// whose entries count.
Census TakeCensus(const std::string& state_dir,
                  const std::vector<std::string>& directories,
                  const std::vector<pid_t>& daemons);

// The pids of all descendants of `pid`, itself included.
std::vector<pid_t> ProcessTree(pid_t pid);

// What /proc/<pid>/comm says, or "".
std::string ProcessName(pid_t pid);

}  // namespace faas::testing

#endif  // FAAS_TESTING_CENSUS_H_
