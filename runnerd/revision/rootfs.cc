#include "runnerd/revision/rootfs.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

// mount(2) takes one page of options, and there are others than the layers.
constexpr size_t kMaxLowerdirBytes = 4000;
constexpr size_t kMaxMountInfoBytes = 64 << 20;

struct ScaffoldEntry {
  const char* path;
  mode_t mode;
};
constexpr ScaffoldEntry kScaffoldDirectories[] = {
    {"", 0755},     {"/dev", 0755},         {"/proc", 0555},
    {"/run", 0755}, {"/run/secrets", 0755}, {"/sys", 0555},
    {"/tmp", 01777}};

// Returns the paths from the top down, as overlayfs takes them. Of a layer that
// occurs twice only the topmost one is there, because it hides the other.
std::vector<std::string> TopDown(const std::string& scaffold,
                                 const std::vector<std::string>& layers) {
  std::vector<std::string> result = {scaffold};
  std::set<std::string> seen;
  for (auto it = layers.rbegin(); it != layers.rend(); ++it) {
    if (seen.insert(*it).second) result.push_back(*it);
  }
  return result;
}

absl::Status MountOverlay(const std::vector<std::string>& top_down,
                          const std::string& target) {
  const std::string options =
      absl::StrCat("userxattr,lowerdir=", absl::StrJoin(top_down, ":"));
  if (mount("overlay", target.c_str(), "overlay",
            MS_RDONLY | MS_NODEV | MS_NOSUID, options.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("mount overlay on \"", target, "\""));
  }
  return absl::OkStatus();
}

// Replaces the octal escapes that mount points in mountinfo have.
std::string Unescape(absl::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      result +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                            (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

absl::Status CheckStateDir(const std::string& state_dir) {
  if (state_dir.find_first_of(":,\\\n") != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--state_dir must be a path without any of \":,\\\": \"",
                     state_dir, "\""));
  }
  return absl::OkStatus();
}

absl::Status LetContainersPass(const std::string& directory, uint32_t id_base) {
  if (id_base == 0) return absl::OkStatus();
  if (chown(directory.c_str(), 0, id_base) != 0 ||
      chmod(directory.c_str(), 0710) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("chgrp ", id_base, " \"", directory, "\""));
  }
  return absl::OkStatus();
}

absl::Status CheckContainersPass(const std::string& state_dir,
                                 uint32_t id_base) {
  if (id_base == 0) return absl::OkStatus();
  std::filesystem::path path(state_dir);
  while (path != path.root_path()) {
    path = path.parent_path();
    struct stat st;
    if (stat(path.c_str(), &st) != 0) {
      return base::ErrnoStatus(absl::StrCat("stat \"", path.string(), "\""));
    }
    const mode_t needed = st.st_uid == id_base   ? S_IXUSR
                          : st.st_gid == id_base ? S_IXGRP
                                                 : S_IXOTH;
    if ((st.st_mode & needed) != 0) continue;
    return absl::FailedPreconditionError(absl::StrFormat(
        "containers, which are user %d here, cannot pass through \"%s\" "
        "(mode %04o) to their root file systems; \"chmod o+x\" it, put "
        "--state_dir elsewhere, or do without user namespaces (--id_base=0)",
        id_base, path.string(), st.st_mode & 07777));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeScaffold(const std::string& state_dir,
                                         uint32_t id_base) {
  const std::string scaffold = state_dir + "/scaffold";
  for (const ScaffoldEntry& entry : kScaffoldDirectories) {
    const std::string path = scaffold + entry.path;
    RETURN_IF_ERROR(fs::MakeDirectories(path, entry.mode));
    // fs::MakeDirectories is subject to the umask.
    if (chown(path.c_str(), id_base, id_base) != 0 ||
        chmod(path.c_str(), entry.mode) != 0) {
      return base::ErrnoStatus(absl::StrCat("chmod \"", path, "\""));
    }
  }
  RETURN_IF_ERROR(
      fs::Open(scaffold + "/control.sock", O_WRONLY | O_CREAT, 0600).status());
  return scaffold;
}

absl::Status MountRootfs(const std::string& scaffold,
                         const std::vector<std::string>& layers,
                         const std::string& target) {
  RETURN_IF_ERROR(fs::MakeDirectories(target, 0755));
  std::vector<std::string> top_down = TopDown(scaffold, layers);
  std::vector<base::UniqueFd> fds;
  if (absl::StrJoin(top_down, ":").size() > kMaxLowerdirBytes) {
    // There are too many layers for their paths. The paths of descriptors are
    // shorter.
    for (std::string& path : top_down) {
      ASSIGN_OR_RETURN(base::UniqueFd fd,
                       fs::Open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
      path = absl::StrCat("/proc/self/fd/", fd.get());
      fds.push_back(std::move(fd));
    }
  }
  const absl::Status status = MountOverlay(top_down, target);
  if (!status.ok()) rmdir(target.c_str());
  return status;
}

absl::Status MountFlatRootfs(const std::string& tree,
                             const std::string& target) {
  RETURN_IF_ERROR(fs::MakeDirectories(target, 0755));
  absl::Status status;
  // The kernel ignores flags of a new bind mount; a remount sets them.
  if (mount(tree.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
      mount(nullptr, target.c_str(), nullptr,
            MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NODEV | MS_NOSUID,
            nullptr) != 0) {
    status = base::ErrnoStatus(
        absl::StrCat("bind \"", tree, "\" to \"", target, "\""));
    UnmountRootfs(target).IgnoreError();
  }
  return status;
}

absl::Status ProbeOverlay(const std::string& state_dir) {
  const std::string probe = state_dir + "/overlay-probe";
  umount2(probe.c_str(),
          MNT_DETACH | UMOUNT_NOFOLLOW);  // A crash may have left it.
  for (const char* part : {"/upper", "/lower"}) {
    RETURN_IF_ERROR(fs::MakeDirectories(probe + part, 0700));
  }
  absl::Status status =
      MountOverlay({probe + "/upper", probe + "/lower"}, probe);
  if (status.ok() && umount2(probe.c_str(), MNT_DETACH) != 0) {
    status = base::ErrnoStatus(absl::StrCat("unmount \"", probe, "\""));
  }
  if (absl::Status removed = fs::RemoveTree(probe); status.ok()) {
    status = removed;
  }
  return status;
}

absl::Status UnmountRootfs(const std::string& target) {
  if (umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 &&
      errno != EINVAL && errno != ENOENT) {
    return base::ErrnoStatus(absl::StrCat("unmount \"", target, "\""));
  }
  if (rmdir(target.c_str()) != 0 && errno != ENOENT) {
    return base::ErrnoStatus(absl::StrCat("rmdir \"", target, "\""));
  }
  return absl::OkStatus();
}

absl::Status UnmountAllBelow(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::string info,
                   fs::ReadFile("/proc/self/mountinfo", kMaxMountInfoBytes));
  std::vector<std::string> targets;
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ');
    if (fields.size() < 5) continue;
    std::string target = Unescape(fields[4]);
    if (absl::StartsWith(target, directory + "/")) {
      targets.push_back(std::move(target));
    }
  }
  // The latest mount is unmounted first.
  std::reverse(targets.begin(), targets.end());
  for (const std::string& target : targets) {
    RETURN_IF_ERROR(UnmountRootfs(target));
  }
  return absl::OkStatus();
}

}  // namespace faas::runnerd
