// namespaces makes mounts, roots, names and namespaces of its own, and enters
// those of others.

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr struct {
  const char* name;
  int flag;
} kNamespaces[] = {
    {"user", CLONE_NEWUSER},     {"mnt", CLONE_NEWNS},    {"pid", CLONE_NEWPID},
    {"net", CLONE_NEWNET},       {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},
    {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};

// The flags go to the kernel as they are, without glibc.
long CloneInto(unsigned long flags) {
  const long child =
      syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  return child;
}

long Clone3Into(unsigned long flags) {
  clone_args arguments = {};
  arguments.flags = flags;
  arguments.exit_signal = SIGCHLD;
  const long child = syscall(SYS_clone3, &arguments, sizeof(arguments));
  if (child == 0) _exit(0);
  return child;
}

long Join(const char* name) {
  const int fd = open((std::string("/proc/self/ns/") + name).c_str(), O_RDONLY);
  return fd < 0 ? -1 : setns(fd, 0);
}

// What follows a mount would see it, so the step runs in a namespace of its own
// where there can be one.
long WithOwnMounts(long (*step)()) {
  unshare(CLONE_NEWNS);
  return step();
}

void Mounts(Attempt* attempt) {
  const struct {
    const char* name;
    long (*step)();
  } kSteps[] = {
      {"mount tmpfs",
       [] { return long{mount("none", "/tmp", "tmpfs", 0, "")}; }},
      {"mount proc", [] { return long{mount("none", "/tmp", "proc", 0, "")}; }},
      {"mount sysfs",
       [] { return long{mount("none", "/tmp", "sysfs", 0, "")}; }},
      {"mount bind",
       [] { return long{mount("/proc", "/tmp", nullptr, MS_BIND, nullptr)}; }},
      {"remount /proc writable",
       [] {
         return long{
             mount(nullptr, "/proc", nullptr, MS_REMOUNT | MS_BIND, nullptr)};
       }},
      {"make private",
       [] {
         return long{
             mount(nullptr, "/proc", nullptr, MS_PRIVATE | MS_REC, nullptr)};
       }},
      {"umount", [] { return long{umount2("/proc", MNT_DETACH)}; }},
      {"fsopen", [] { return syscall(SYS_fsopen, "tmpfs", 0); }},
      {"open_tree",
       // OPEN_TREE_CLONE
       [] { return syscall(SYS_open_tree, AT_FDCWD, "/tmp", 1); }},
      {"fspick", [] { return syscall(SYS_fspick, AT_FDCWD, "/proc", 0); }},
      {"move_mount",
       [] { return syscall(SYS_move_mount, -1, "", -1, "", 0x44); }},
      {"mount_setattr",
       [] { return syscall(SYS_mount_setattr, -1, "", 0, nullptr, 0); }},
      {"pivot_root", [] { return syscall(SYS_pivot_root, "/tmp", "/tmp"); }},
      {"chroot", [] { return long{chroot("/tmp")}; }},
  };
  for (const auto& [name, step] : kSteps) {
    attempt->Try(name, [step = step] { return WithOwnMounts(step); });
  }
}

}  // namespace

void Namespaces(Attempt* attempt) {
  Mounts(attempt);
  for (const auto& [name, flag] : kNamespaces) {
    const std::string of = std::string(" ") + name;
    attempt->Try("unshare" + of, [flag = flag] { return unshare(flag); });
    attempt->Try("setns" + of, [name = name] { return Join(name); });
    // In the byte of CLONE_NEWTIME, clone has the signal.
    if (flag == CLONE_NEWTIME) continue;
    attempt->Try("clone" + of, [flag = flag] { return CloneInto(flag); });
    attempt->Try("clone3" + of, [flag = flag] { return Clone3Into(flag); });
  }
  // A process has all privileges over what is its own.
  attempt->Try("mount as another root", [] {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return -1;
    return mount("none", "/tmp", "tmpfs", 0, "");
  });
  attempt->Try("sethostname", [] { return sethostname("escaped", 7); });
  attempt->Try("setdomainname", [] { return setdomainname("escaped", 7); });
}

}  // namespace faas::escape
