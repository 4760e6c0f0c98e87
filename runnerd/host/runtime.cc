#include "runnerd/host/runtime.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "runnerd/host/runtime_query.h"
#include "runnerd/host/runtime_version.h"
#include "runnerd/host/stray_reaper.h"

namespace faas::runnerd {
namespace {

constexpr char kCgroups[] = "/sys/fs/cgroup";
constexpr char kUnified[] = "/sys/fs/cgroup/unified";
constexpr size_t kMaxRootControllersBytes = 4096;
constexpr size_t kMaxArgumentsBytes = 64 << 10;
// How many generations of processes Kill looks for. crun has three.
constexpr int kMaxGenerations = 10;
// How much of the line with the version is kept, because it goes into logs.
constexpr size_t kMaxVersionBytes = 200;
constexpr char kNoNewKeyring[] = "--no-new-keyring";

absl::StatusOr<std::string> LookUp(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    if (access(program.c_str(), X_OK) == 0) return program;
  } else if (const char* path = getenv("PATH")) {
    for (absl::string_view dir : absl::StrSplit(path, ':')) {
      const std::string candidate = absl::StrCat(dir, "/", program);
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "runtime \"", program,
      "\" not found; install it (\"apt-get install runc\"), or name another "
      "with --runtime"));
}

// Returns `words` followed by `more`.
std::vector<std::string> With(std::vector<std::string> words,
                              std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
  return words;
}

// Returns the warning about a runtime that gives each container a keyring.
std::string KeyringWarning() {
  const auto allowed = fs::ReadFile("/proc/sys/kernel/keys/maxkeys", 64);
  return absl::StrCat(
      "it has no ", kNoNewKeyring,
      ": each container takes a key of its user, who may have ",
      allowed.ok() ? absl::StripAsciiWhitespace(*allowed) : "200",
      " in all; for more containers than that, raise kernel.keys.maxkeys and "
      "kernel.keys.maxbytes by sysctl");
}

bool IsFileSystem(const char* path, long type) {
  struct statfs info;
  return statfs(path, &info) == 0 && info.f_type == type;
}

// Returns whether crun would end with "cgroups in hybrid mode not supported".
// It looks at the same things.
bool CrunRefusesCgroups() {
  if (!IsFileSystem(kCgroups, TMPFS_MAGIC) ||
      !IsFileSystem(kUnified, CGROUP2_SUPER_MAGIC)) {
    return false;
  }
  const auto controllers = fs::ReadFile(
      absl::StrCat(kUnified, "/cgroup.controllers"), kMaxRootControllersBytes);
  return controllers.ok() && !controllers->empty();
}

// Returns the path of a cgroup v1 hierarchy that crun is to see in the place of
// v2's. crun then makes the container's group in that hierarchy, where it makes
// one anyway, and Cgroups removes it. In an empty directory it would leave a
// directory behind for each container.
absl::StatusOr<std::string> CoverForUnified() {
  ASSIGN_OR_RETURN(std::vector<std::string> names, fs::ListDirectory(kCgroups));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(kCgroups, "/", name);
    if (IsFileSystem(path.c_str(), CGROUP_SUPER_MAGIC)) return path;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "crun cannot be used: no cgroup v1 hierarchy is in \"", kCgroups,
      "\", and v2 is not at its root; mount cgroup2 on it"));
}

// Kills the children of this process whose last argument is `id`. Returns
// whether there was one. A zombie has no arguments, so it does not count.
bool KillChildrenNamed(const std::string& id) {
  const std::string last =
      absl::StrCat(std::string(1, '\0'), id, std::string(1, '\0'));
  bool found = false;
  for (const pid_t pid : Children()) {
    // Only this process can reap the child, so the number stays the child's.
    const auto arguments = fs::ReadFile(absl::StrCat("/proc/", pid, "/cmdline"),
                                        kMaxArgumentsBytes);
    if (!arguments.ok() || !absl::EndsWith(*arguments, last)) continue;
    found = kill(pid, SIGKILL) == 0 || found;
  }
  return found;
}

}  // namespace

Runtime::Runtime(std::vector<std::string> words, std::string version,
                 std::string root)
    : words_(std::move(words)),
      version_(std::move(version)),
      root_(std::move(root)) {}

absl::StatusOr<Runtime> Runtime::Find(absl::string_view command,
                                      std::string root,
                                      absl::Duration query_timeout) {
  std::vector<std::string> words =
      absl::StrSplit(command, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.empty()) {
    return absl::InvalidArgumentError(
        "--runtime is empty; name a program, for instance runc");
  }
  ASSIGN_OR_RETURN(words[0], LookUp(words[0]));
  ASSIGN_OR_RETURN(const std::string said,
                   AskRuntime(With(words, {"--version"}), query_timeout));
  const std::string text = said.substr(0, said.find('\n'));
  // Some runtimes do not know this option. They have no --no-new-keyring
  // either.
  const auto help = AskRuntime(With(words, {"run", "--help"}), query_timeout);
  RETURN_IF_ERROR(fs::MakeDirectories(root, 0700));
  const RuntimeVersion version = ParseRuntimeVersion(text);
  Runtime runtime(
      std::move(words),
      std::string(base::Truncated(base::Printable(text), kMaxVersionBytes)),
      std::move(root));
  runtime.own_keyring_ = help.ok() && absl::StrContains(*help, kNoNewKeyring);
  std::vector<std::string> warnings;
  const std::string problem = KnownProblem(version);
  if (!problem.empty()) warnings.push_back(base::Printable(problem));
  if (!runtime.own_keyring_) warnings.push_back(KeyringWarning());
  runtime.warning_ = absl::StrJoin(warnings, "; ");
  if (version.name == "crun" && CrunRefusesCgroups()) {
    ASSIGN_OR_RETURN(std::string cover, CoverForUnified());
    ASSIGN_OR_RETURN(runtime.mounts_,
                     MountView::Create(kUnified, std::move(cover)));
  }
  return runtime;
}

std::string Runtime::command() const { return absl::StrJoin(words_, " "); }

absl::StatusOr<process::Child> Runtime::Start(
    const std::string& bundle, const std::string& id,
    std::vector<std::pair<int, int>> fds) const {
  process::SpawnOptions options = {.args = RunCommand(bundle, id),
                                   .fds = std::move(fds),
                                   .own_group = true,
                                   .own_keyring = own_keyring_};
  if (mounts_ == nullptr) return process::Spawn(options);
  ASSIGN_OR_RETURN(const auto mounts, mounts_->Namespace());
  options.mount_namespace = mounts->get();
  return process::Spawn(options);
}

std::vector<std::string> Runtime::RunCommand(const std::string& bundle,
                                             const std::string& id) const {
  std::vector<std::string> args =
      With(words_, {"--root", root_, "run", "--detach"});
  if (own_keyring_) args.push_back(kNoNewKeyring);
  return With(std::move(args),
              {"--pid-file", absl::StrCat(bundle, "/", kPidFile), "--bundle",
               bundle, id});
}

void Runtime::Kill(const process::Child& runtime, const std::string& id) const {
  runtime.KillGroup();
  // A child of a process that is killed becomes a child of this process.
  for (int i = 0; i < kMaxGenerations && KillChildrenNamed(id); ++i) {
  }
}

absl::Status Runtime::Forget(const std::string& id) const {
  return fs::RemoveTree(absl::StrCat(root_, "/", id));
}

absl::StatusOr<std::vector<std::string>> Runtime::Remembered() const {
  return fs::ListDirectory(root_);
}

}  // namespace faas::runnerd
