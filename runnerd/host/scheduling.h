#ifndef FAAS_RUNNERD_HOST_SCHEDULING_H_
#define FAAS_RUNNERD_HOST_SCHEDULING_H_

#include <sys/types.h>

#include <vector>

namespace faas::runnerd {

// Lets a process run only when nothing else wants the processor (SCHED_IDLE).
// Call it when the process has just been started: the threads and processes
// that it starts inherit the policy.
void SetIdle(pid_t pid);

// Gives the normal policy back to a process, all its threads and all its
// descendants, also while they start others. Those that have ended are skipped.
void SetNormal(pid_t pid);

// Gives the normal policy back to these threads. Returns whether any of them
// was idle.
bool SetThreadsNormal(const std::vector<pid_t>& threads);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_SCHEDULING_H_
