#include "runnerd/host/cgroups.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/process/child.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxMountInfoBytes = 16 << 20;
constexpr size_t kMaxNumberBytes = 64;
constexpr size_t kMaxControllersBytes = 4096;
constexpr size_t kMaxProcFileBytes = 64 << 10;
constexpr size_t kMaxProcsBytes = 16 << 20;

// Writes `value` if the file is there.
void WriteIfThere(const std::string& path, const char* value) {
  const auto fd = fs::Open(path, O_WRONLY);
  if (fd.ok()) static_cast<void>(fs::WriteFd(fd->get(), value));
}

// Returns a group and all groups below it, which the container may have made;
// the deepest come first.
std::vector<std::string> BottomUp(const std::string& group) {
  std::vector<std::string> groups = {group};
  std::error_code error;
  std::filesystem::recursive_directory_iterator it(group, error);
  for (; !error && it != std::filesystem::recursive_directory_iterator();
       it.increment(error)) {
    if (it->is_directory(error)) groups.push_back(it->path().string());
  }
  std::reverse(groups.begin(), groups.end());
  return groups;
}

void KillIn(const std::string& group) {
  // cgroup v2 has this file since Linux 5.14 and kills all at once.
  WriteIfThere(group + "/cgroup.kill", "1");
  const auto procs = fs::ReadFile(group + "/cgroup.procs", kMaxProcsBytes);
  if (!procs.ok()) return;
  for (absl::string_view line : absl::StrSplit(*procs, '\n')) {
    int pid;
    if (!absl::SimpleAtoi(line, &pid) || pid <= 0) continue;
    // The process may have ended since the read, and another one may have its
    // number. That cannot happen any more when OpenProcess has returned: its
    // descriptor stays with the process.
    if (const auto process = process::OpenProcess(pid); process.ok()) {
      static_cast<void>(process->Signal(SIGKILL));
    }
  }
  // A process is frozen if the runtime was killed while it created the
  // container. It ends only when it is thawed. The files are v1's and v2's.
  WriteIfThere(group + "/freezer.state", "THAWED");
  WriteIfThere(group + "/cgroup.freeze", "0");
}

}  // namespace

void Cgroups::AddHierarchy(absl::string_view type, std::string mount_point,
                           absl::string_view super_options) {
  if (type == "cgroup2") {
    const auto controllers =
        fs::ReadFile(mount_point + "/cgroup.controllers", kMaxControllersBytes);
    for (absl::string_view controller :
         absl::StrSplit(controllers.value_or(""), absl::ByAnyChar(" \n"),
                        absl::SkipEmpty())) {
      v2_[std::string(controller)] = mount_point;
    }
  } else {
    for (absl::string_view option : absl::StrSplit(super_options, ',')) {
      v1_[std::string(option)] = mount_point;
    }
  }
  hierarchies_.push_back(std::move(mount_point));
}

absl::StatusOr<Cgroups> Cgroups::Find(std::string parent) {
  ASSIGN_OR_RETURN(const std::string info,
                   fs::ReadFile("/proc/self/mountinfo", kMaxMountInfoBytes));
  // proc(5): the mount point is the fifth field; after "-" come the type, the
  // source, and the options of the file system, v1's controllers among them.
  Cgroups cgroups(std::move(parent));
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    const std::vector<absl::string_view> halves = absl::StrSplit(line, " - ");
    if (halves.size() != 2) continue;
    const std::vector<absl::string_view> mount = absl::StrSplit(halves[0], ' ');
    const std::vector<absl::string_view> system =
        absl::StrSplit(halves[1], ' ');
    if (mount.size() < 5 || system.size() < 3) continue;
    if (system[0] == "cgroup" || system[0] == "cgroup2") {
      cgroups.AddHierarchy(system[0], std::string(mount[4]), system[2]);
    }
  }
  if (cgroups.hierarchies_.empty()) {
    return absl::FailedPreconditionError(
        "no cgroup hierarchy is mounted; mount cgroup2 on /sys/fs/cgroup");
  }
  return cgroups;
}

std::string Cgroups::HierarchyOf(const std::string& controller) const {
  for (const auto* version : {&v1_, &v2_}) {
    const auto it = version->find(controller);
    if (it != version->end()) return it->second;
  }
  return "";
}

bool Cgroups::IsUnified(const std::string& controller) const {
  return v1_.count(controller) == 0 && v2_.count(controller) > 0;
}

std::string Cgroups::PathFor(const std::string& id) const {
  return absl::StrCat("/", parent_, "/", id);
}

void Cgroups::Kill(const std::string& id) const {
  for (const std::string& hierarchy : hierarchies_) {
    for (const std::string& group :
         BottomUp(absl::StrCat(hierarchy, PathFor(id)))) {
      KillIn(group);
    }
  }
}

bool Cgroups::Has(const std::string& id, pid_t pid) const {
  const auto groups =
      fs::ReadFile(absl::StrCat("/proc/", pid, "/cgroup"), kMaxProcFileBytes);
  if (!groups.ok()) return false;
  // cgroups(7): "5:memory:/PARENT/ID", perhaps with more below it.
  const std::string path = PathFor(id);
  for (absl::string_view line : absl::StrSplit(*groups, '\n')) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() == 3 && absl::EndsWith(fields[2], path)) return true;
    if (fields.size() == 3 && absl::StrContains(fields[2], path + "/")) {
      return true;
    }
  }
  return false;
}

bool Cgroups::Populated(const std::string& id) const {
  for (const std::string& hierarchy : hierarchies_) {
    for (const std::string& group :
         BottomUp(absl::StrCat(hierarchy, PathFor(id)))) {
      const auto procs = fs::ReadFile(group + "/cgroup.procs", kMaxProcsBytes);
      if (procs.ok() && !procs->empty()) return true;
    }
  }
  return false;
}

std::vector<pid_t> Cgroups::Threads(const std::string& id) const {
  std::vector<pid_t> threads;
  for (const std::string& hierarchy : hierarchies_) {
    // The files are v1's and v2's.
    for (const char* file : {"tasks", "cgroup.threads"}) {
      const auto text = fs::ReadFile(
          absl::StrCat(hierarchy, PathFor(id), "/", file), kMaxProcsBytes);
      if (!text.ok()) continue;
      for (absl::string_view line : absl::StrSplit(*text, '\n')) {
        pid_t thread;
        if (absl::SimpleAtoi(line, &thread)) threads.push_back(thread);
      }
      // The threads are the same in all hierarchies.
      return threads;
    }
  }
  return threads;
}

absl::StatusOr<base::UniqueFd> Cgroups::WatchMemory(
    const std::string& id) const {
  const auto hierarchy = v1_.find("memory");
  if (hierarchy == v1_.end()) {
    return absl::UnavailableError("cgroup v1 has no memory controller here");
  }
  const std::string group = absl::StrCat(hierarchy->second, PathFor(id));
  ASSIGN_OR_RETURN(const base::UniqueFd control,
                   fs::Open(group + "/memory.oom_control", O_RDONLY));
  ASSIGN_OR_RETURN(const base::UniqueFd registration,
                   fs::Open(group + "/cgroup.event_control", O_WRONLY));
  base::UniqueFd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return base::ErrnoStatus("eventfd");
  RETURN_IF_ERROR(fs::WriteFd(registration.get(),
                              absl::StrCat(event.get(), " ", control.get())));
  return event;
}

uint64_t Cgroups::MemoryBytes(const std::string& id) const {
  for (const std::string& hierarchy : hierarchies_) {
    // The files are v1's and v2's.
    for (const char* file : {"memory.usage_in_bytes", "memory.current"}) {
      const auto text = fs::ReadFile(
          absl::StrCat(hierarchy, PathFor(id), "/", file), kMaxNumberBytes);
      uint64_t bytes;
      if (text.ok() && absl::SimpleAtoi(*text, &bytes)) return bytes;
    }
  }
  return 0;
}

absl::Status Cgroups::Remove(const std::string& id) const {
  for (const std::string& hierarchy : hierarchies_) {
    const std::string group = absl::StrCat(hierarchy, PathFor(id));
    // Nearly always there is no group below it.
    if (rmdir(group.c_str()) == 0 || errno == ENOENT) continue;
    for (const std::string& each : BottomUp(group)) {
      if (rmdir(each.c_str()) == 0 || errno == ENOENT) continue;
      const int error = errno;
      const absl::Status status =
          base::ErrnoStatus(absl::StrCat("rmdir \"", each, "\""), error);
      if (error == EBUSY) return absl::UnavailableError(status.message());
      return status;
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Cgroups::List() const {
  std::set<std::string> ids;
  for (const std::string& hierarchy : hierarchies_) {
    std::error_code error;
    std::filesystem::directory_iterator it(
        absl::StrCat(hierarchy, "/", parent_), error);
    for (; !error && it != std::filesystem::directory_iterator();
         it.increment(error)) {
      if (it->is_directory(error)) ids.insert(it->path().filename().string());
    }
  }
  return std::vector<std::string>(ids.begin(), ids.end());
}

void Cgroups::RemoveParent() const {
  for (const std::string& hierarchy : hierarchies_) {
    rmdir(absl::StrCat(hierarchy, "/", parent_).c_str());
  }
}

}  // namespace faas::runnerd
