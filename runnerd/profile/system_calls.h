#ifndef FAAS_RUNNERD_PROFILE_SYSTEM_CALLS_H_
#define FAAS_RUNNERD_PROFILE_SYSTEM_CALLS_H_

// The lists of system calls from which seccomp_profile.cc makes the filter. The
// runtime ignores names that this machine's architecture or its libseccomp does
// not know.

namespace faas::runnerd {

// Calls that are allowed whatever their arguments are.
inline constexpr const char* kAllowedCalls[] = {
    // Files.
    "access", "chdir", "chmod", "chown", "close", "close_range",
    "copy_file_range", "creat", "dup", "dup2", "dup3", "faccessat",
    "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod", "fchmodat",
    "fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr",
    "flistxattr", "flock", "fremovexattr", "fsetxattr", "fstat", "fstatfs",
    "fsync", "ftruncate", "futimesat", "getcwd", "getdents", "getdents64",
    "getxattr", "lchown", "lgetxattr", "link", "linkat", "listxattr",
    "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "mkdir",
    "mkdirat", "mknod", "mknodat", "newfstatat", "open", "openat", "openat2",
    "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read",
    "readahead", "readlink", "readlinkat", "readv", "removexattr", "rename",
    "renameat", "renameat2", "rmdir", "sendfile", "setxattr", "splice", "stat",
    "statfs", "statx", "symlink", "symlinkat", "sync_file_range", "tee",
    "truncate", "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes",
    "vmsplice", "write", "writev",
    // Pipes, and calls that wait for descriptors.
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd", "eventfd2", "pipe", "pipe2", "poll", "ppoll",
    "pselect6", "select", "signalfd", "signalfd4",
    // Sockets that exist. connect is for /control.sock.
    "connect", "getpeername", "getsockname", "getsockopt", "recvfrom",
    "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "setsockopt",
    "shutdown",
    // Memory.
    "brk", "get_mempolicy", "madvise", "map_shadow_stack", "membarrier",
    "memfd_create", "mincore", "mlock", "mlock2", "mlockall", "mmap",
    "mprotect", "mremap", "msync", "munlock", "munlockall", "munmap",
    "pkey_alloc", "pkey_free", "pkey_mprotect", "remap_file_pages",
    // Processes and threads. SeccompProfile has a rule for clone.
    "arch_prctl", "capget", "capset", "execve", "execveat", "exit",
    "exit_group", "fork", "futex", "futex_requeue", "futex_wait", "futex_waitv",
    "futex_wake", "get_robust_list", "get_thread_area", "getegid", "geteuid",
    "getgid", "getgroups", "getpgid", "getpgrp", "getpid", "getppid",
    "getpriority", "getresgid", "getresuid", "getrlimit", "getrusage", "getsid",
    "gettid", "getuid", "ioprio_get", "ioprio_set", "kill", "landlock_add_rule",
    "landlock_create_ruleset", "landlock_restrict_self", "pause", "pidfd_open",
    "pidfd_send_signal", "prctl", "prlimit64", "restart_syscall", "rseq",
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo",
    "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
    "sched_getattr", "sched_getparam", "sched_getscheduler",
    "sched_rr_get_interval", "sched_setaffinity", "sched_setattr",
    "sched_setparam", "sched_setscheduler", "sched_yield", "seccomp",
    "set_robust_list", "set_thread_area", "set_tid_address", "setfsgid",
    "setfsuid", "setgid", "setgroups", "setpgid", "setpriority", "setregid",
    "setresgid", "setresuid", "setreuid", "setrlimit", "setsid", "setuid",
    "sigaltstack", "tgkill", "tkill", "vfork", "wait4", "waitid",
    // Time.
    "alarm", "clock_getres", "clock_gettime", "clock_nanosleep", "getitimer",
    "gettimeofday", "nanosleep", "setitimer", "time", "timer_create",
    "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
    "timerfd_create", "timerfd_gettime", "timerfd_settime", "times",
    // Communication between the processes of a container, which has an ipc
    // namespace of its own.
    "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend",
    "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget",
    "semop", "semtimedop", "shmat", "shmctl", "shmdt", "shmget",
    // Information about the machine.
    "getcpu", "getrandom", "sysinfo", "uname"};

// Calls that fail with ENOSYS, as on a kernel that was built without them, so
// that programs do without. The flags of clone3 are in memory, where a filter
// cannot see them; programs then use clone. The kernel counts inotify instances
// for the user that made the user namespace, which is root and may have 128,
// and the events of io_setup for the whole host, which may have 65,536.
inline constexpr const char* kAbsentCalls[] = {"clone3",
                                               "inotify_add_watch",
                                               "inotify_init",
                                               "inotify_init1",
                                               "inotify_rm_watch",
                                               "io_cancel",
                                               "io_destroy",
                                               "io_getevents",
                                               "io_pgetevents",
                                               "io_setup",
                                               "io_submit",
                                               "io_uring_enter",
                                               "io_uring_register",
                                               "io_uring_setup"};

// Calls that are also allowed in the host's network, where a function may be a
// server of its own.
inline constexpr const char* kHostNetworkCalls[] = {"accept", "accept4", "bind",
                                                    "listen"};

// A call that is also allowed to containers with a capability.
struct CapabilityCall {
  const char* capability;
  const char* call;
};
inline constexpr CapabilityCall kCapabilityCalls[] = {
    {"CAP_DAC_READ_SEARCH", "name_to_handle_at"},
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_SYS_ADMIN", "fsconfig"},
    {"CAP_SYS_ADMIN", "fsmount"},
    {"CAP_SYS_ADMIN", "fsopen"},
    {"CAP_SYS_ADMIN", "fspick"},
    {"CAP_SYS_ADMIN", "mount"},
    {"CAP_SYS_ADMIN", "mount_setattr"},
    {"CAP_SYS_ADMIN", "move_mount"},
    {"CAP_SYS_ADMIN", "open_tree"},
    {"CAP_SYS_ADMIN", "pivot_root"},
    {"CAP_SYS_ADMIN", "setdomainname"},
    {"CAP_SYS_ADMIN", "sethostname"},
    {"CAP_SYS_ADMIN", "setns"},
    {"CAP_SYS_ADMIN", "umount2"},
    {"CAP_SYS_ADMIN", "unshare"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_NICE", "mbind"},
    {"CAP_SYS_NICE", "migrate_pages"},
    {"CAP_SYS_NICE", "move_pages"},
    {"CAP_SYS_NICE", "set_mempolicy"},
    {"CAP_SYS_PTRACE", "kcmp"},
    {"CAP_SYS_PTRACE", "process_madvise"},
    {"CAP_SYS_PTRACE", "process_vm_readv"},
    {"CAP_SYS_PTRACE", "process_vm_writev"},
    {"CAP_SYS_PTRACE", "ptrace"},
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_SYSTEM_CALLS_H_
