#include "runnerd/revision/writable_rootfs.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "runnerd/profile/container_profile.h"

namespace faas::runnerd {
namespace {

constexpr unsigned long kWritableMountFlags = MS_NOSUID | MS_NODEV;

// Creates the directories that an overlay needs in the tmpfs. The upper one
// becomes the root directory that the container sees, so it gets the owner and
// the mode of the lower one.
absl::Status MakeUpper(const WritableRootfs& rootfs) {
  struct stat lower;
  if (stat(rootfs.lower.c_str(), &lower) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", rootfs.lower, "\""));
  }
  const std::string upper = rootfs.tmpfs + "/upper";
  RETURN_IF_ERROR(fs::MakeDirectories(upper, 0755));
  RETURN_IF_ERROR(fs::MakeDirectories(rootfs.tmpfs + "/work", 0700));
  if (chown(upper.c_str(), lower.st_uid, lower.st_gid) != 0 ||
      chmod(upper.c_str(), lower.st_mode & 07777) != 0) {
    return base::ErrnoStatus(absl::StrCat("chown \"", upper, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MountWritableRootfs(const WritableRootfs& rootfs,
                                 const std::string& target) {
  RETURN_IF_ERROR(fs::MakeDirectories(rootfs.tmpfs, 0700));
  RETURN_IF_ERROR(fs::MakeDirectories(target, 0700));
  const std::string size = absl::StrCat(
      "mode=0710,gid=", rootfs.id_base, ",size=", rootfs.bytes, ",nr_inodes=",
      std::max<uint64_t>(kMinInodes, rootfs.bytes / kBytesPerInode));
  if (mount("faasd-writable", rootfs.tmpfs.c_str(), "tmpfs",
            kWritableMountFlags, size.c_str()) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("mount tmpfs on \"", rootfs.tmpfs, "\""));
  }
  RETURN_IF_ERROR(MakeUpper(rootfs));
  const std::string layers =
      absl::StrCat("lowerdir=", rootfs.lower, ",upperdir=", rootfs.tmpfs,
                   "/upper,workdir=", rootfs.tmpfs, "/work");
  if (mount("overlay", target.c_str(), "overlay", kWritableMountFlags,
            layers.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("mount overlay on \"", target, "\""));
  }
  return absl::OkStatus();
}

}  // namespace faas::runnerd
