#ifndef FAAS_RUNNERD_HOST_STRAY_REAPER_H_
#define FAAS_RUNNERD_HOST_STRAY_REAPER_H_

#include <sys/types.h>

#include <set>
#include <vector>

namespace faas::runnerd {

// Returns the children of all threads of this process, zombies included. A
// child that starts or ends during the call may be missing.
std::vector<pid_t> Children();

// A StrayReaper reaps children that have ended and that nobody waits for. There
// are such children because runnerd is a subreaper, which inherits the
// processes that a killed program leaves behind. A child is reaped only if two
// calls in a row find that it has ended, so that its owner has the time to reap
// it first. Belongs to one thread.
class StrayReaper {
 public:
  // Call it every few seconds. `owned` are the children that somebody waits
  // for.
  void Reap(const std::set<pid_t>& owned);

 private:
  std::set<pid_t> suspects_;  // They had ended when Reap was called last.
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_STRAY_REAPER_H_
