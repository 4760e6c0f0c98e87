#include "gatewayd/own_cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::gatewayd {
namespace {

constexpr size_t kMaxMountInfoBytes = 16 << 20;
constexpr size_t kMaxFileBytes = 1 << 20;
// A process that has ended still counts in its cgroup for a moment after its
// locks are free and its pidfd has become readable.
constexpr absl::Duration kRemoveTimeout = absl::Seconds(2);
constexpr absl::Duration kRemoveInterval = absl::Milliseconds(5);

// Returns where cgroup2 is mounted; see proc(5).
absl::StatusOr<std::string> MountPoint() {
  ASSIGN_OR_RETURN(const std::string info,
                   fs::ReadFile("/proc/self/mountinfo", kMaxMountInfoBytes));
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    const std::vector<absl::string_view> halves = absl::StrSplit(line, " - ");
    if (halves.size() != 2 || !absl::StartsWith(halves[1], "cgroup2 ")) {
      continue;
    }
    const std::vector<absl::string_view> fields =
        absl::StrSplit(halves[0], ' ');
    if (fields.size() >= 5) return std::string(fields[4]);
  }
  return absl::FailedPreconditionError("cgroup2 is not mounted");
}

// Returns the cgroup2 directory of this process if no other process is in it.
absl::StatusOr<std::string> CurrentIfAlone(const std::string& mount_point) {
  ASSIGN_OR_RETURN(const std::string own,
                   fs::ReadFile("/proc/self/cgroup", kMaxFileBytes));
  for (absl::string_view line : absl::StrSplit(own, '\n')) {
    if (!absl::ConsumePrefix(&line, "0::")) continue;
    std::string path = absl::StrCat(mount_point, line);
    ASSIGN_OR_RETURN(const std::string processes,
                     fs::ReadFile(path + "/cgroup.procs", kMaxFileBytes));
    if (processes == absl::StrCat(getpid(), "\n")) return path;
  }
  return absl::FailedPreconditionError("other processes are in its cgroup too");
}

absl::Status RemoveDirectory(const std::string& path) {
  const absl::Time deadline = absl::Now() + kRemoveTimeout;
  while (rmdir(path.c_str()) != 0 && errno != ENOENT) {
    const int error = errno;
    if (error != EBUSY || absl::Now() >= deadline) {
      return base::ErrnoStatus(absl::StrCat("rmdir \"", path, "\""), error);
    }
    absl::SleepFor(kRemoveInterval);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OwnCgroup> OwnCgroup::Make(const std::string& name) {
  ASSIGN_OR_RETURN(const std::string mount_point, MountPoint());
  std::string path = absl::StrCat(mount_point, "/", name);
  absl::Status status = RemoveDirectory(path);
  if (status.ok() && mkdir(path.c_str(), 0755) != 0) {
    status = base::ErrnoStatus(absl::StrCat("mkdir \"", path, "\""));
  }
  if (!status.ok()) {
    const absl::StatusOr<std::string> current = CurrentIfAlone(mount_point);
    if (!current.ok()) {
      return base::WithContext(status, current.status().message());
    }
    path = *current;
  }
  ASSIGN_OR_RETURN(base::UniqueFd directory,
                   fs::Open(path, O_RDONLY | O_DIRECTORY));
  return OwnCgroup(std::move(path), std::move(directory));
}

absl::Status OwnCgroup::Remove(const std::string& name) {
  const absl::StatusOr<std::string> mount_point = MountPoint();
  if (!mount_point.ok()) return absl::OkStatus();
  return RemoveDirectory(absl::StrCat(*mount_point, "/", name));
}

absl::Status OwnCgroup::Enter() const {
  const absl::StatusOr<base::UniqueFd> processes =
      fs::Open(path_ + "/cgroup.procs", O_WRONLY);
  absl::Status status = processes.status();
  if (status.ok()) status = fs::WriteFd(processes->get(), "0");
  if (status.ok()) return status;
  // If Make took over the present cgroup, the process is in it already, and
  // need not have the right to enter.
  const absl::StatusOr<std::string> mount_point = MountPoint();
  if (mount_point.ok()) {
    const absl::StatusOr<std::string> current = CurrentIfAlone(*mount_point);
    if (current.ok() && *current == path_) return absl::OkStatus();
  }
  return base::WithContext(status, absl::StrCat("enter \"", path_, "\""));
}

}  // namespace faas::gatewayd
