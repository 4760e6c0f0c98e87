// kernel-files opens for writing, and never writes, files that would change the
// kernel of the host.

#include <sys/stat.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr const char* kFiles[] = {
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/sys/kernel/panic",
    "/proc/sys/kernel/shmmax",
    "/proc/sys/fs/file-max",
    "/proc/sys/fs/mqueue/msg_max",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sysrq-trigger",
    "/proc/irq/default_smp_affinity",
    "/proc/latency_stats",
    "/proc/mtrr",
    "/sys/kernel/uevent_helper",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/sys/kernel/oom_adj",
    "/sys/power/state",
    "/sys/bus/pci/rescan",
    "/sys/class/net/lo/mtu",
    "/sys/module/printk/parameters/time",
    "/sys/fs/cgroup/release_agent",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/memory/cgroup.procs",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/pids/cgroup.procs",
    "/sys/fs/cgroup/unified/cgroup.procs",
};

}  // namespace

void KernelFiles(Attempt* attempt) {
  for (const char* file : kFiles) {
    attempt->Try(file, [file] { return OpenForWriting(file); });
  }
  for (const char* directory :
       {"/sys/fs/cgroup/escape", "/sys/fs/cgroup/memory/escape"}) {
    attempt->Try(std::string("mkdir ") + directory, [directory] {
      const int result = mkdir(directory, 0755);
      if (result == 0) rmdir(directory);
      return result;
    });
  }
}

}  // namespace faas::escape
