#include "runnerd/revision/secrets.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "function/option_table.h"
#include "runnerd/revision/rootfs.h"

namespace faas::runnerd {
namespace {

constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

absl::Status CopySecret(const SecretFiles& secrets, const std::string& name,
                        const std::string& target) {
  const std::string from = absl::StrCat(secrets.source, "/", name);
  ASSIGN_OR_RETURN(const base::UniqueFd source,
                   fs::Open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  ASSIGN_OR_RETURN(const std::string value,
                   fs::ReadFd(source.get(), function::kMaxSecretBytes));
  ASSIGN_OR_RETURN(
      const base::UniqueFd copy,
      fs::Open(absl::StrCat(target, "/", name), O_WRONLY | O_CREAT | O_EXCL));
  RETURN_IF_ERROR(fs::WriteFd(copy.get(), value));
  if (fchown(copy.get(), secrets.uid, secrets.gid) != 0 ||
      fchmod(copy.get(), 0400) != 0) {
    return base::ErrnoStatus(absl::StrCat("chown secret \"", name, "\""));
  }
  return absl::OkStatus();
}

absl::Status Fill(const SecretFiles& secrets, const std::string& target) {
  for (const std::string& name : secrets.names) {
    RETURN_IF_ERROR(CopySecret(secrets, name, target));
  }
  if (mount(nullptr, target.c_str(), nullptr, MS_REMOUNT | MS_RDONLY | kFlags,
            nullptr) != 0) {
    return base::ErrnoStatus(absl::StrCat("remount \"", target, "\""));
  }
  return absl::OkStatus();
}

absl::Status MountMemory(const std::string& target,
                         const std::string& options) {
  if (mount("faasd-secrets", target.c_str(), "tmpfs", kFlags,
            (options + ",noswap").c_str()) == 0) {
    return absl::OkStatus();
  }
  // Kernels before 6.4 do not know the option noswap.
  if (errno == EINVAL && mount("faasd-secrets", target.c_str(), "tmpfs", kFlags,
                               options.c_str()) == 0) {
    return absl::OkStatus();
  }
  return base::ErrnoStatus(absl::StrCat("mount tmpfs on \"", target, "\""));
}

}  // namespace

absl::Status MountSecrets(const SecretFiles& secrets,
                          const std::string& target) {
  RETURN_IF_ERROR(fs::MakeDirectories(target, 0700));
  // The file system needs more space than the content, because each file takes
  // whole pages.
  absl::Status status = MountMemory(
      target, absl::StrCat("mode=0500,uid=", secrets.uid, ",gid=", secrets.gid,
                           ",size=", 2 * function::kMaxSecretsBytes,
                           ",nr_inodes=", function::kMaxSecrets + 1));
  if (status.ok()) status = Fill(secrets, target);
  if (!status.ok()) UnmountRootfs(target).IgnoreError();
  return status;
}

}  // namespace faas::runnerd
