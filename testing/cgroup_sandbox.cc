#include "testing/cgroup_sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

constexpr size_t kFileLimitBytes = 65536;

absl::Status WriteControl(const std::string& path, const std::string& value) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, fs::Open(path, O_WRONLY));
  return base::WithContext(fs::WriteFd(fd.get(), value), path);
}

// Returns the cgroups of this process by list of controllers, which is "" for
// v2. The lines are like "8:pids:/a/b" and "0::/a".
std::map<std::string, std::string> OwnCgroups() {
  std::map<std::string, std::string> cgroups;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() == 3) cgroups[fields[1]] = fields[2];
  }
  return cgroups;
}

// Returns those of a hierarchy's super options that name it, as in
// /proc/self/cgroup: "cpu,cpuacct" for "rw,cpu,cpuacct".
std::string ControllersOf(const std::string& super_options) {
  std::vector<std::string> controllers;
  for (const auto& option : absl::StrSplit(super_options, ',')) {
    if (option == "rw" || option == "ro" || option == "xattr" ||
        absl::StartsWith(option, "release_agent=") ||
        option == "clone_children") {
      continue;
    }
    controllers.emplace_back(option);
  }
  return absl::StrJoin(controllers, ",");
}

// A new cpuset of v1 takes no process until it has CPUs and memory.
absl::Status CopyCpuset(const std::string& directory) {
  for (const char* name : {"cpuset.cpus", "cpuset.mems"}) {
    const std::string path = absl::StrCat(directory, "/", name);
    if (access(path.c_str(), F_OK) != 0) continue;
    ASSIGN_OR_RETURN(
        const std::string value,
        fs::ReadFile(absl::StrCat(directory, "/../", name), kFileLimitBytes));
    RETURN_IF_ERROR(WriteControl(path, value));
  }
  return absl::OkStatus();
}

// Moves this process one level down. In v2, a cgroup can give controllers to
// its children only if no process is in it.
absl::Status LeaveRoot(const std::string& root) {
  ASSIGN_OR_RETURN(
      const std::string controllers,
      fs::ReadFile(absl::StrCat(root, "/cgroup.controllers"), kFileLimitBytes));
  const std::string leaf = absl::StrCat(root, "/test");
  if (mkdir(leaf.c_str(), 0755) != 0) {
    return base::ErrnoStatus(absl::StrCat("mkdir \"", leaf, "\""));
  }
  RETURN_IF_ERROR(WriteControl(absl::StrCat(leaf, "/cgroup.procs"), "0"));
  for (const auto& controller :
       absl::StrSplit(controllers, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    RETURN_IF_ERROR(WriteControl(absl::StrCat(root, "/cgroup.subtree_control"),
                                 absl::StrCat("+", controller)));
  }
  return absl::OkStatus();
}

void RemoveCgroup(const std::string& directory) {
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(directory, error)) {
    if (entry.is_directory(error)) RemoveCgroup(entry.path());
  }
  rmdir(directory.c_str());
}

}  // namespace

// The lines are like "36 31 0:33 / /sys/fs/cgroup/pids rw,relatime - cgroup
// cgroup rw,pids".
absl::StatusOr<std::vector<CgroupSandbox::Hierarchy>>
CgroupSandbox::FindHierarchies() {
  const std::map<std::string, std::string> own = OwnCgroups();
  std::vector<Hierarchy> hierarchies;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> halves = absl::StrSplit(line, " - ");
    if (halves.size() != 2) continue;
    const std::vector<std::string> mount = absl::StrSplit(halves[0], ' ');
    const std::vector<std::string> super = absl::StrSplit(halves[1], ' ');
    if (super[0] != "cgroup" && super[0] != "cgroup2") continue;
    Hierarchy hierarchy;
    hierarchy.mount_point = mount[4];
    hierarchy.type = super[0];
    const bool v1 = super[0] == "cgroup";
    const std::string controllers = v1 ? ControllersOf(super[2]) : "";
    if (v1) {
      hierarchy.options = absl::StartsWith(controllers, "name=")
                              ? absl::StrCat("none,", controllers)
                              : controllers;
    }
    const auto found = own.find(controllers);
    if (found == own.end()) {
      return absl::NotFoundError(
          absl::StrCat("no cgroup of this process in \"", mount[4], "\""));
    }
    hierarchy.directory = v1 ? absl::StrCat(mount[4], found->second) : mount[4];
    hierarchies.push_back(hierarchy);
  }
  return hierarchies;
}

absl::StatusOr<CgroupSandbox> CgroupSandbox::Create() {
  CgroupSandbox sandbox;
  ASSIGN_OR_RETURN(std::vector<Hierarchy> hierarchies, FindHierarchies());
  if (hierarchies.empty()) return absl::NotFoundError("no cgroups mounted");
  for (Hierarchy& hierarchy : hierarchies) {
    absl::StrAppend(&hierarchy.directory, "/faas-test-", getpid());
    if (mkdir(hierarchy.directory.c_str(), 0755) != 0) {
      const absl::Status status = base::ErrnoStatus(
          absl::StrCat("mkdir \"", hierarchy.directory, "\""));
      sandbox.Remove();
      return status;
    }
    sandbox.hierarchies_.push_back(hierarchy);
    if (const absl::Status status = CopyCpuset(hierarchy.directory);
        !status.ok()) {
      sandbox.Remove();
      return status;
    }
  }
  return sandbox;
}

absl::Status CgroupSandbox::Enter() const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    RETURN_IF_ERROR(
        WriteControl(absl::StrCat(hierarchy.directory, "/cgroup.procs"), "0"));
  }
  if (unshare(CLONE_NEWCGROUP) != 0) return base::ErrnoStatus("unshare cgroup");
  for (const Hierarchy& hierarchy : hierarchies_) {
    const char* const point = hierarchy.mount_point.c_str();
    if (umount2(point, MNT_DETACH) != 0 ||
        mount("cgroup", point, hierarchy.type.c_str(),
              MS_NOSUID | MS_NODEV | MS_NOEXEC,
              hierarchy.options.c_str()) != 0) {
      return base::ErrnoStatus(absl::StrCat("mount cgroup on \"", point, "\""));
    }
    if (hierarchy.type == "cgroup2") RETURN_IF_ERROR(LeaveRoot(point));
  }
  return absl::OkStatus();
}

void CgroupSandbox::Remove() const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    RemoveCgroup(hierarchy.directory);
  }
}

}  // namespace faas::testing
