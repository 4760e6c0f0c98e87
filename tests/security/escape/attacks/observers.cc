// observers uses parts of the kernel that have had many vulnerabilities and
// that functions do not need.

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {

void Observers(Attempt* attempt) {
  attempt->Try("bpf", [] {
    bpf_attr map = {};
    map.map_type = BPF_MAP_TYPE_ARRAY;
    map.key_size = 4;
    map.value_size = 4;
    map.max_entries = 1;
    return syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));
  });
  attempt->Try("perf_event_open", [] {
    perf_event_attr event = {};
    event.type = PERF_TYPE_SOFTWARE;
    event.size = sizeof(event);
    event.config = PERF_COUNT_SW_TASK_CLOCK;
    return syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
  });
  attempt->Try("io_uring_setup", [] {
    io_uring_params parameters = {};
    return syscall(SYS_io_uring_setup, 1, &parameters);
  });
  attempt->Try("io_uring_enter",
               [] { return syscall(SYS_io_uring_enter, -1, 0, 0, 0, 0, 0); });
  attempt->Try("io_uring_register",
               [] { return syscall(SYS_io_uring_register, -1, 0, 0, 0); });
  // 1 is UFFD_USER_MODE_ONLY, for which no privilege is needed.
  attempt->Try("userfaultfd",
               [] { return syscall(SYS_userfaultfd, O_CLOEXEC | 1); });
  attempt->Try("fanotify_init content",
               [] { return fanotify_init(FAN_CLASS_CONTENT, O_RDONLY); });
  attempt->Try("fanotify_init fid", [] {
    return fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY);
  });
  attempt->Try("fanotify_mark",
               [] { return fanotify_mark(-1, 0, 0, AT_FDCWD, "/tmp"); });
  attempt->Try("io_setup", [] {
    unsigned long context = 0;
    return syscall(SYS_io_setup, 1, &context);
  });
  attempt->Try("memfd_secret", [] { return syscall(SYS_memfd_secret, 0); });
  attempt->Try("syncfs", [] { return syncfs(-1); });
#ifdef SYS_modify_ldt
  attempt->Try("modify_ldt", [] {
    char table[64];
    return syscall(SYS_modify_ldt, 0, table, sizeof(table));
  });
#endif
  attempt->Try("inotify_init1", [] { return inotify_init1(IN_CLOEXEC); });
  attempt->Try("inotify_init", [] { return syscall(SYS_inotify_init); });
}

}  // namespace faas::escape
