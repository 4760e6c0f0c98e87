#ifndef FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_
#define FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_

#include <sys/resource.h>

#include <cstdint>

// The tables in this file say what every container gets. spec_template.cc
// writes them into the runtime's configuration. An image or the registry can
// change only what ContainerSettings has. system_calls.h has the system calls,
// and docs/container_profile.md explains all of it.

namespace faas::runnerd {

// The namespaces that each container has for itself. It also has a user
// namespace, unless --id_base is 0, and a network namespace, unless the
// function has the host's network.
inline constexpr const char* kNamespaces[] = {"pid", "ipc", "uts", "mount",
                                              "cgroup"};

// How many user and group ids a container's user namespace has. registryd
// refuses images with higher ids.
inline constexpr uint32_t kContainerIds = 65536;

// Paths that a container cannot read, because what is there describes the host.
// Docker has the same list.
inline constexpr const char* kMaskedPaths[] = {
    "/proc/acpi",        "/proc/asound",  "/proc/interrupts",
    "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
    "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
};

// Paths that a container cannot write to. Docker has the same list.
inline constexpr const char* kReadonlyPaths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

// A mount of every container. "@SIZE" and "@INODES" in the options stand for
// the values of the function.
struct ProfileMount {
  const char* destination;
  const char* type;
  const char* source;
  const char* options;  // Separated by commas.
};
// The runtime adds null, zero, full, random, urandom and tty to /dev, as bind
// mounts of the host's. The devices cgroup allows no others.
inline constexpr ProfileMount kMounts[] = {
    {"/proc", "proc", "proc", "nosuid,noexec,nodev"},
    {"/dev", "tmpfs", "tmpfs",
     "nosuid,noexec,strictatime,mode=755,size=65536,nr_inodes=64"},
    // The limit is needed because the kernel counts terminals for the whole
    // host.
    {"/dev/pts", "devpts", "devpts",
     "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,max=16"},
    {"/dev/shm", "tmpfs", "shm",
     "nosuid,noexec,nodev,mode=1777,size=@SIZE,nr_inodes=@INODES"},
    {"/tmp", "tmpfs", "tmpfs",
     "nosuid,nodev,mode=1777,size=@SIZE,nr_inodes=@INODES"},
};
inline constexpr ProfileMount kSysMount = {"/sys", "sysfs", "sysfs",
                                           "nosuid,noexec,nodev,ro"};
// Takes the place of sysfs in containers with the host's network: sysfs belongs
// to a network namespace, and a container can mount only the one of its own.
inline constexpr ProfileMount kNoSysMount = {
    "/sys", "tmpfs", "tmpfs", "nosuid,noexec,nodev,ro,size=4096,nr_inodes=2"};
// The destinations and the options of the two bind mounts. Their sources belong
// to the container and to the revision.
inline constexpr const char kControlSocketPath[] = "/control.sock";
inline constexpr const char kSecretsPath[] = "/run/secrets";
inline constexpr const char kBoundOptions[] = "bind,ro,nosuid,nodev,noexec";

// A resource limit of the container's process. RLIMIT_NOFILE is not in the
// table but in ContainerSettings. The kernel counts what the others limit for
// each user of the host, and all containers have the same users.
struct ProfileRlimit {
  const char* type;
  uint64_t value;
};
inline constexpr ProfileRlimit kRlimits[] = {
    // With 1 there is no core file, as with 0, but the kernel does not start
    // the
    // program of core_pattern either, which would run as root on the host. See
    // core(5).
    {"RLIMIT_CORE", 1},
    {"RLIMIT_MEMLOCK", 64 << 10},
    {"RLIMIT_MSGQUEUE", 0},
    {"RLIMIT_SIGPENDING", 256},
};

// A host that is out of memory kills a container before it kills a daemon.
inline constexpr int kOomScoreAdj = 500;

// The period in which a container gets its share of processor time.
inline constexpr uint64_t kCpuPeriodMicros = 100'000;

// How many inodes a tmpfs has: one for each kBytesPerInode, because the
// kernel's default is one for each page, but at least kMinInodes.
inline constexpr uint64_t kBytesPerInode = 4096;
inline constexpr uint64_t kMinInodes = 64;

// The default of --grantable_capabilities: the capabilities that Docker gives
// every container, except those for raw packets, devices and the audit log.
// They are valid only inside the user namespace of the container.
inline constexpr const char kGrantableCapabilities[] =
    "CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER,CAP_FSETID,CAP_KILL,"
    "CAP_NET_BIND_SERVICE,CAP_SETFCAP,CAP_SETGID,CAP_SETPCAP,CAP_SETUID,"
    "CAP_SYS_CHROOT";

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_CONTAINER_PROFILE_H_
