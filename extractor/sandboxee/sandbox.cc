#include "extractor/sandboxee/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "extractor/sandboxee/seccomp_filter.h"

namespace faas::extractor {
namespace {

using base::ErrnoStatus;
using base::UniqueFd;

// The namespaces that the sandbox has in addition to its user namespace. Those
// for processes, ipc, hostname and cgroups would add nothing to the filter,
// which allows no system call that names a process. Without them registryd's
// systemd unit need not allow them either.
constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET;
constexpr int kCapabilities[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER,
                                 CAP_FSETID, CAP_SETFCAP};
// The longest answer of WriteIdMaps.
constexpr size_t kMaxAnswerBytes = 1024;

// Makes `root` the root of this mount namespace, and the only mount in it.
absl::Status EnterRoot(const std::string& root, uint32_t owner) {
  const char* const path = root.c_str();
  if (lchown(path, owner, owner) != 0) {
    return ErrnoStatus(absl::StrCat("chown \"", root, "\""));
  }
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return ErrnoStatus("make mounts private");
  }
  if (mount(path, path, nullptr, MS_BIND, nullptr) != 0) {
    return ErrnoStatus(absl::StrCat("bind mount \"", root, "\""));
  }
  mount_attr attributes = {};
  attributes.attr_set =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (mount_setattr(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &attributes,
                    sizeof(attributes)) != 0) {
    return ErrnoStatus(absl::StrCat("set attributes of \"", root, "\""));
  }
  // After pivot_root the old root is mounted on top of the new one. It is
  // unmounted.
  if (chdir(path) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
    return ErrnoStatus(absl::StrCat("pivot to \"", root, "\""));
  }
  return absl::OkStatus();
}

absl::Status SilenceStreams() {
  ASSIGN_OR_RETURN(const UniqueFd null, fs::Open("/dev/null", O_RDWR));
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (dup2(null.get(), stream) != stream) return ErrnoStatus("dup2");
  }
  return absl::OkStatus();
}

// Closes all but the standard streams and `kept`.
absl::Status CloseOthers(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = STDERR_FILENO + 1;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > first && close_range(first, number - 1, 0) != 0) {
      return ErrnoStatus("close_range");
    }
    first = std::max(first, number + 1);
  }
  if (close_range(first, ~0u, 0) != 0) return ErrnoStatus("close_range");
  return absl::OkStatus();
}

// Maps the ids of a process's user namespace. The kernel lets only a process
// outside of it map several ids.
absl::Status WriteIdMaps(pid_t pid, uint32_t id_base) {
  const std::string map = absl::StrCat("0 ", id_base, " ", kImageIds + 1, "\n");
  for (const char* name : {"uid_map", "gid_map"}) {
    ASSIGN_OR_RETURN(
        const UniqueFd fd,
        fs::Open(absl::StrCat("/proc/", pid, "/", name), O_WRONLY));
    RETURN_IF_ERROR(base::WithContext(fs::WriteFd(fd.get(), map), name));
  }
  return absl::OkStatus();
}

// Makes a user namespace and asks the process outside, over the socket
// `outside`, to map its ids.
absl::Status EnterUserNamespace(int outside) {
  if (unshare(CLONE_NEWUSER) != 0)
    return ErrnoStatus("unshare a user namespace");
  if (send(outside, "?", 1, MSG_NOSIGNAL) != 1) return ErrnoStatus("send");
  char answer[kMaxAnswerBytes];
  const ssize_t n = recv(outside, answer, sizeof(answer), 0);
  if (n <= 0) return absl::UnavailableError("the extractor outside has ended");
  if (answer[0] == '!') return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("map ids: ", absl::string_view(answer, n)));
}

// Makes sure that from now on neither exec nor a change of ids gives
// capabilities.
absl::Status LockCapabilities() {
  // The first capability that the kernel does not know ends the loop.
  int capability = 0;
  while (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) ++capability;
  if (errno != EINVAL || capability <= CAP_SETFCAP) {
    return ErrnoStatus(absl::StrCat("drop capability ", capability));
  }
  constexpr int kNoRoot =
      SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
      SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
      SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (prctl(PR_SET_SECUREBITS, kNoRoot, 0, 0, 0) != 0) {
    return ErrnoStatus("set securebits");
  }
  return absl::OkStatus();
}

absl::Status BecomeNobody(uint32_t id) {
  if (setgroups(0, nullptr) != 0 || setresgid(id, id, id) != 0 ||
      setresuid(id, id, id) != 0) {
    return ErrnoStatus(absl::StrCat("become ", id));
  }
  return absl::OkStatus();
}

absl::Status KeepFileCapabilities() {
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  for (const int capability : kCapabilities) {
    data[CAP_TO_INDEX(capability)].permitted |= CAP_TO_MASK(capability);
  }
  for (auto& part : data) part.effective = part.permitted;
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3,
                                     .pid = 0};
  if (syscall(SYS_capset, &header, data) != 0) {
    return ErrnoStatus("drop capabilities");
  }
  return absl::OkStatus();
}

absl::Status LimitResources(const SandboxOptions& options) {
  const std::pair<int, uint64_t> limits[] = {
#if !defined(__SANITIZE_ADDRESS__)  // AddressSanitizer reserves terabytes.
    {RLIMIT_AS, options.address_space_bytes},
#endif
    {RLIMIT_FSIZE, options.file_bytes},
    {RLIMIT_NOFILE, options.open_files},
    {RLIMIT_CORE, 0},
  };
  for (const auto& [resource, value] : limits) {
    const rlimit limit = {.rlim_cur = value, .rlim_max = value};
    if (setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) {
      return ErrnoStatus(absl::StrCat("setrlimit ", resource));
    }
  }
  return absl::OkStatus();
}

// Lets the kernel kill this process when the process outside ends, and returns
// UNAVAILABLE if that has ended already. A change of ids or capabilities clears
// the setting, so this is also the last step.
absl::Status EndWith(int outside) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return ErrnoStatus("prctl(PR_SET_PDEATHSIG)");
  }
  pollfd gone = {.fd = outside, .events = POLLIN};
  if (poll(&gone, 1, 0) == 0) return absl::OkStatus();
  return absl::UnavailableError("the extractor outside has ended");
}

absl::Status Enter(const SandboxOptions& options, int outside) {
  RETURN_IF_ERROR(EndWith(outside));
  RETURN_IF_ERROR(SilenceStreams());
  RETURN_IF_ERROR(EnterRoot(options.root, SandboxId(options.id_base)));
  std::vector<int> kept = {outside};
  for (const UniqueFd& fd : options.descriptors) kept.push_back(fd.get());
  RETURN_IF_ERROR(CloseOthers(std::move(kept)));
  // Only root may raise hard limits, so this comes before the ids.
  RETURN_IF_ERROR(LimitResources(options));
  uint32_t id = SandboxId(options.id_base);
  if (options.id_base > 0) {
    RETURN_IF_ERROR(EnterUserNamespace(outside));
    id = kImageIds;
  }
  RETURN_IF_ERROR(LockCapabilities());
  RETURN_IF_ERROR(BecomeNobody(id));
  RETURN_IF_ERROR(KeepFileCapabilities());
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return ErrnoStatus("prctl");
  }
  return EndWith(outside);
}

int RunInside(const SandboxOptions& options, UniqueFd outside,
              const std::function<void()>& prepare,
              const std::function<int()>& body,
              const std::function<void(const absl::Status&)>& on_failure) {
  absl::Status status = Enter(options, outside.get());
  outside = UniqueFd();
  if (status.ok()) {
    prepare();
    status = InstallSeccompFilter();
  }
  if (status.ok()) return body();
  on_failure(base::WithContext(status, "enter the extractor's sandbox"));
  return 1;
}

}  // namespace

absl::StatusOr<int> RunInSandbox(
    SandboxOptions options, const std::function<void()>& prepare,
    const std::function<int()>& body,
    const std::function<void(const absl::Status&)>& on_failure) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return ErrnoStatus("socketpair");
  }
  UniqueFd inside(ends[0]), outside(ends[1]);
  const auto pid = static_cast<pid_t>(syscall(
      SYS_clone, kNamespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (pid < 0) return ErrnoStatus("clone with new namespaces");
  if (pid == 0) {
    inside = UniqueFd();
    _exit(RunInside(options, std::move(outside), prepare, body, on_failure));
  }
  outside = UniqueFd();
  options.descriptors.clear();
  char question;
  if (options.id_base > 0 && recv(inside.get(), &question, 1, 0) == 1) {
    const absl::Status status = WriteIdMaps(pid, options.id_base);
    const std::string answer =
        status.ok() ? "!"
                    : std::string(status.message().substr(0, kMaxAnswerBytes));
    send(inside.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  // `inside` stays open until the sandbox ends, because the sandbox takes its
  // end for the end of this process.
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus("wait for the sandbox");
  }
  return status;
}

}  // namespace faas::extractor
