#ifndef FAAS_RUNNERD_HOST_STRAY_REAPER_H_
#define FAAS_RUNNERD_HOST_STRAY_REAPER_H_

#include <sys/types.h>

#include <set>
#include <vector>

namespace faas::runnerd {

// The children of all our threads, zombies too, as far as /proc tells.
std::vector<pid_t> Children();

// Reaps ended children that nobody waits for: a subreaper inherits what a
// killed program leaves. A child must have been seen ended in two calls before
// it is taken, so that one whose owner is just about to learn of it stays.
class StrayReaper {
 public:
  // Call it every few seconds. `owned` are children that somebody waits for.
  void Reap(const std::set<pid_t>& owned);

 private:
  std::set<pid_t> suspects_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_STRAY_REAPER_H_
