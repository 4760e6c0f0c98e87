#ifndef FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_
#define FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_

#include <sys/resource.h>

#include <cstdint>

// What every container gets, as tables; docs/container_profile.md explains
// them. The system calls are in system_calls.h. spec_template.cc writes them
// into the runtime's configuration; nothing in an image or in the registry can
// change them, but for what ContainerSettings has.

namespace faas::runnerd {

// Each container has its own. Beside them: user, unless runnerd was given no
// --id_base, and network, unless the owner chose the host's.
inline constexpr const char* kNamespaces[] = {"pid", "ipc", "uts", "mount",
                                              "cgroup"};

// User and group ids in a container's user namespace. registryd admits as many.
inline constexpr uint32_t kContainerIds = 65536;

// Not to be read: what is there is about the host. The list is Docker's.
inline constexpr const char* kMaskedPaths[] = {
    "/proc/acpi",        "/proc/asound",  "/proc/interrupts",
    "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
    "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
};

// Not to be written; likewise.
inline constexpr const char* kReadonlyPaths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

// A mount of every container. "@SIZE" and "@INODES" are the function's.
struct ProfileMount {
  const char* destination;
  const char* type;
  const char* source;
  const char* options;  // separated by commas
};
// The runtime puts null, zero, full, random, urandom and tty into /dev: it has
// the host's bound there, and the devices cgroup allows no others.
inline constexpr ProfileMount kMounts[] = {
    {"/proc", "proc", "proc", "nosuid,noexec,nodev"},
    {"/dev", "tmpfs", "tmpfs",
     "nosuid,noexec,strictatime,mode=755,size=65536,nr_inodes=64"},
    // Terminals are counted for the whole host.
    {"/dev/pts", "devpts", "devpts",
     "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,max=16"},
    {"/dev/shm", "tmpfs", "shm",
     "nosuid,noexec,nodev,mode=1777,size=@SIZE,nr_inodes=@INODES"},
    {"/tmp", "tmpfs", "tmpfs",
     "nosuid,nodev,mode=1777,size=@SIZE,nr_inodes=@INODES"},
};
inline constexpr ProfileMount kSysMount = {"/sys", "sysfs", "sysfs",
                                           "nosuid,noexec,nodev,ro"};
// sysfs belongs to a network namespace, and shows only the container's own.
inline constexpr ProfileMount kNoSysMount = {
    "/sys", "tmpfs", "tmpfs", "nosuid,noexec,nodev,ro,size=4096,nr_inodes=2"};
// Bound in, each from a place of the container's or the revision's own.
inline constexpr const char kControlSocketPath[] = "/control.sock";
inline constexpr const char kSecretsPath[] = "/run/secrets";
inline constexpr const char kBoundOptions[] = "bind,ro,nosuid,nodev,noexec";

// RLIMIT_NOFILE is the function's. The others are of things that the kernel
// counts for a user, and all containers' users are the same, or root's.
struct ProfileRlimit {
  const char* type;
  uint64_t value;
};
inline constexpr ProfileRlimit kRlimits[] = {
    // No core file, as 0, and also no start of a core_pattern's program, which
    // would be the host's and root: core(5).
    {"RLIMIT_CORE", 1},
    {"RLIMIT_MEMLOCK", 64 << 10},
    {"RLIMIT_MSGQUEUE", 0},
    {"RLIMIT_SIGPENDING", 256},
};

// Before a host that is short of memory ends a daemon, it ends a container.
inline constexpr int kOomScoreAdj = 500;

// Of the processor's time in each period of 100 ms.
inline constexpr uint64_t kCpuPeriodMicros = 100'000;

// Inodes of each tmpfs: one for so many bytes, as the kernel's default has it
// for a page, and no fewer than these.
inline constexpr uint64_t kBytesPerInode = 4096;
inline constexpr uint64_t kMinInodes = 64;

// What an owner may add, unless --grantable_capabilities says otherwise: what
// Docker gives every container, without those for raw packets, devices and the
// audit log. In a container they reach no further than its user namespace.
inline constexpr const char kGrantableCapabilities[] =
    "CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER,CAP_FSETID,CAP_KILL,"
    "CAP_NET_BIND_SERVICE,CAP_SETFCAP,CAP_SETGID,CAP_SETPCAP,CAP_SETUID,"
    "CAP_SYS_CHROOT";

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_
