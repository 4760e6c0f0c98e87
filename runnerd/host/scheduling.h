#ifndef FAAS_RUNNERD_HOST_SCHEDULING_H_
#define FAAS_RUNNERD_HOST_SCHEDULING_H_

#include <sys/types.h>

#include <vector>

namespace faas::runnerd {

// Lets a process that has just been started run only when nothing else would
// (SCHED_IDLE). What it starts, threads and processes, inherits that.
void SetIdle(pid_t pid);

// Ends that for a process that is just being started, all its threads, and all
// its descendants. What has ended meanwhile is passed over.
void SetNormal(pid_t pid);

// Ends it for these threads. Whether it was so for any.
bool SetThreadsNormal(const std::vector<pid_t>& threads);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_SCHEDULING_H_
