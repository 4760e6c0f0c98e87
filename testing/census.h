#ifndef FAAS_TESTING_CENSUS_H_
#define FAAS_TESTING_CENSUS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace faas::testing {

// A Census says what is on a private host at one moment, to be compared with
// what is there later, because containers must leave nothing behind. Threads
// and descriptors of daemons may grow a little on first use, so take the first
// census after a first request.
struct Census {
  // "<pid> <command>" of every process that is not a zombie.
  std::vector<std::string> processes;
  // The mount points below the state directory.
  std::vector<std::string> mounts;
  // All cgroups below the host's roots.
  std::vector<std::string> cgroups;
  // The entries of the directories that hold something only for a while:
  // bundles, staging, the runtime's state.
  std::vector<std::string> entries;
  // The number of open descriptors of each of our daemons, by pid.
  std::map<pid_t, size_t> descriptors;

  friend bool operator==(const Census& a, const Census& b) {
    return a.Describe() == b.Describe();
  }
  // Returns one line for each thing.
  std::string Describe() const;
};

// Takes a census. `daemons` are the pids whose descriptors count, `directories`
// the directories whose entries count.
Census TakeCensus(const std::string& state_dir,
                  const std::vector<std::string>& directories,
                  const std::vector<pid_t>& daemons);

// Returns the pids of `pid` and all its descendants.
std::vector<pid_t> ProcessTree(pid_t pid);

// Returns what /proc/<pid>/comm says, or "".
std::string ProcessName(pid_t pid);

}  // namespace faas::testing

#endif  // FAAS_TESTING_CENSUS_H_
