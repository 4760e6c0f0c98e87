#include "runnerd/container/bundle.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/rootfs.h"
#include "runnerd/revision/writable_rootfs.h"

namespace faas::runnerd {
namespace {

constexpr char kControlSocket[] = "control.sock";
constexpr char kRootfs[] = "/rootfs";
constexpr char kWritable[] = "/writable";

bool IsWritable(const Revision& revision) {
  return revision.settings().writable_bytes > 0;
}

}  // namespace

absl::Status MountBundles(const std::string& bundles, uint32_t id_base) {
  RETURN_IF_ERROR(fs::MakeDirectories(bundles, 0700));
  struct statfs info;
  if (statfs(bundles.c_str(), &info) != 0) {
    return base::ErrnoStatus(absl::StrCat("statfs \"", bundles, "\""));
  }
  if (info.f_type != TMPFS_MAGIC &&
      mount("faasd-bundles", bundles.c_str(), "tmpfs",
            MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") != 0) {
    return base::ErrnoStatus(absl::StrCat("mount tmpfs on \"", bundles, "\""));
  }
  return LetContainersPass(bundles, id_base);
}

void UnmountBundles(const std::string& bundles) {
  std::error_code error;
  if (!std::filesystem::is_empty(bundles, error) || error) return;
  // Fails with EINVAL where the state directory was in memory already.
  umount2(bundles.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

absl::StatusOr<std::unique_ptr<Bundle>> Bundle::Create(
    const std::string& bundles, const std::string& id, const Revision& revision,
    const std::string& cgroup_path) {
  const std::string path = absl::StrCat(bundles, "/", id);
  if (mkdir(path.c_str(), 0700) != 0) {
    return base::ErrnoStatus(absl::StrCat("mkdir \"", path, "\""));
  }
  auto bundle = std::unique_ptr<Bundle>(new Bundle(path));
  RETURN_IF_ERROR(bundle->MountRootfs(revision));
  RETURN_IF_ERROR(bundle->WriteConfig(revision, cgroup_path));
  RETURN_IF_ERROR(bundle->ListenForHandler(revision));
  return bundle;
}

absl::Status Bundle::WriteConfig(const Revision& revision,
                                 const std::string& cgroup_path) {
  ASSIGN_OR_RETURN(
      const base::UniqueFd config,
      fs::Open(path_ + "/config.json", O_WRONLY | O_CREAT | O_EXCL, 0600));
  return fs::WriteFd(
      config.get(),
      revision.spec().Render(
          {.cgroup_path = cgroup_path,
           .control_socket = absl::StrCat(path_, "/", kControlSocket),
           .rootfs =
               IsWritable(revision) ? path_ + kRootfs : revision.rootfs()}));
}

absl::Status Bundle::MountRootfs(const Revision& revision) {
  if (!IsWritable(revision)) return absl::OkStatus();
  // The runtime's process in the user namespace must pass through the
  // directory to reach the root file system.
  RETURN_IF_ERROR(LetContainersPass(path_, revision.id_base()));
  return MountWritableRootfs({.lower = revision.rootfs(),
                              .bytes = revision.settings().writable_bytes,
                              .tmpfs = path_ + kWritable,
                              .id_base = revision.id_base()},
                             path_ + kRootfs);
}

absl::Status Bundle::ListenForHandler(const Revision& revision) {
  ASSIGN_OR_RETURN(const base::UniqueFd directory,
                   fs::Open(path_, O_PATH | O_DIRECTORY));
  ASSIGN_OR_RETURN(
      control_listener_,
      ipc::ListenAt(directory.get(), kControlSocket, SOCK_STREAM, 1));
  // Whoever connects to a socket needs the permission to write to it.
  if (fchownat(directory.get(), kControlSocket, revision.host_uid(),
               revision.host_gid(), AT_SYMLINK_NOFOLLOW) != 0 ||
      fchmodat(directory.get(), kControlSocket, 0600, 0) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("chown \"", path_, "/control.sock\""));
  }
  return absl::OkStatus();
}

std::unique_ptr<Bundle> Bundle::Adopt(const std::string& bundles,
                                      const std::string& id) {
  return std::unique_ptr<Bundle>(new Bundle(absl::StrCat(bundles, "/", id)));
}

Bundle::~Bundle() {
  for (const char* mounted : {kRootfs, kWritable}) {
    UnmountRootfs(path_ + mounted).IgnoreError();
  }
  const absl::Status status = fs::RemoveTree(path_);
  if (!status.ok()) log::Line("request", std::string(status.message()));
}

void Bundle::RemoveControlSocket() {
  unlink(absl::StrCat(path_, "/", kControlSocket).c_str());
}

bool Bundle::HasControlSocket() const {
  return access(absl::StrCat(path_, "/", kControlSocket).c_str(), F_OK) == 0;
}

absl::StatusOr<int> Bundle::ReadPid() const {
  const std::string path = absl::StrCat(path_, "/", kPidFile);
  ASSIGN_OR_RETURN(const std::string text, fs::ReadFile(path, 64));
  int pid;
  if (!absl::SimpleAtoi(text, &pid) || pid <= 1) {
    return absl::DataLossError(
        absl::StrCat("\"", path, "\" holds no process id"));
  }
  return pid;
}

}  // namespace faas::runnerd
