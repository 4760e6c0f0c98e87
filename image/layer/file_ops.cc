#include "image/layer/file_ops.h"

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/error.h"
#include "image/layer/attributes.h"

namespace faas::image {
namespace {

using base::UniqueFd;

// Copies one piece of data, for file systems without copy_file_range.
bool CopyByHand(int from, int to, off_t offset, off_t end) {
  const auto buffer = std::make_unique<char[]>(1 << 16);
  while (offset < end) {
    const ssize_t n = pread(
        from, buffer.get(),
        static_cast<size_t>(std::min<off_t>(1 << 16, end - offset)), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || pwrite(to, buffer.get(), n, offset) != n) return false;
    offset += n;
  }
  return true;
}

bool CopyPiece(int from, int to, off_t offset, off_t end) {
  while (offset < end) {
    off_t in = offset, out = offset;
    const ssize_t n = copy_file_range(from, &in, to, &out, end - offset, 0);
    if (n <= 0) return CopyByHand(from, to, offset, end);
    offset += n;
  }
  return true;
}

bool CopyContent(int from, int to, off_t size) {
  if (ioctl(to, FICLONE, from) == 0) return true;
  off_t end = 0;
  while (end < size) {
    const off_t begin = lseek(from, end, SEEK_DATA);
    if (begin < 0 && errno != ENXIO) return CopyPiece(from, to, 0, size);
    if (begin < 0) break;  // The rest is a hole.
    end = lseek(from, begin, SEEK_HOLE);
    if (end < 0 || !CopyPiece(from, to, begin, end)) return false;
  }
  return ftruncate(to, size) == 0;
}

absl::Status CopySymlink(int from, const std::string& name, int to,
                         const std::string& new_name, const struct stat& st) {
  char target[PATH_MAX + 1];
  const ssize_t n = readlinkat(from, name.c_str(), target, PATH_MAX);
  if (n < 0) return FailedCall("read link", name);
  target[n] = '\0';
  const timespec times[2] = {st.st_atim, st.st_mtim};
  if (symlinkat(target, to, new_name.c_str()) != 0 ||
      fchownat(to, new_name.c_str(), st.st_uid, st.st_gid,
               AT_SYMLINK_NOFOLLOW) != 0 ||
      utimensat(to, new_name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    return FailedCall("symlink", new_name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<UniqueFd> OpenDirectoryAt(int directory,
                                         const std::string& name) {
  UniqueFd fd(openat(directory, name.c_str(),
                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return FailedCall("open", name);
  return fd;
}

absl::StatusOr<UniqueFd> OpenLayer(const LayerDirectory& layer, int flags) {
  flags |= O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd fd(layer.fd != nullptr ? openat(layer.fd->get(), ".", flags)
                                  : open(layer.path.c_str(), flags));
  if (!fd.valid()) return FailedCall("open", layer.path);
  return fd;
}

absl::Status RemoveAt(int directory, const std::string& name) {
  return StorageError(fs::RemoveTreeAt(directory, name));
}

absl::StatusOr<std::vector<std::string>> ListDirectory(int directory) {
  // fdopendir takes ownership of the descriptor and reads from its offset, so
  // it gets one of its own.
  const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return FailedCall("open", ".");
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(fdopendir(copy), closedir);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return FailedCall("list", ".");
  return names;
}

absl::Status CopyFileAt(int from, const std::string& name, int to,
                        const std::string& new_name) {
  struct stat st;
  if (fstatat(from, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return FailedCall("stat", name);
  }
  if (S_ISLNK(st.st_mode)) return CopySymlink(from, name, to, new_name, st);
  const UniqueFd in(
      openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!in.valid()) return FailedCall("open", name);
  const UniqueFd out(openat(to, new_name.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.valid()) return FailedCall("create", new_name);
  if (!CopyContent(in.get(), out.get(), st.st_size)) {
    return FailedCall("copy", new_name);
  }
  return CopyMetadata(in.get(), st, out.get());
}

absl::StatusOr<uint64_t> TreeBytes(const std::string& path) {
  char* const paths[] = {const_cast<char*>(path.c_str()), nullptr};
  const std::unique_ptr<FTS, int (*)(FTS*)> walk(
      fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr),
      fts_close);
  if (walk == nullptr) return FailedCall("walk", path);
  std::set<ino_t> linked;
  uint64_t bytes = 0;
  errno = 0;
  while (const FTSENT* entry = fts_read(walk.get())) {
    if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR ||
        entry->fts_info == FTS_NS) {
      errno = entry->fts_errno;
      return FailedCall("walk", entry->fts_accpath);
    }
    errno = 0;
    if (entry->fts_info == FTS_DP) continue;
    const struct stat& st = *entry->fts_statp;
    const bool again = !S_ISDIR(st.st_mode) && st.st_nlink > 1 &&
                       !linked.insert(st.st_ino).second;
    if (!again) bytes += static_cast<uint64_t>(st.st_blocks) * 512;
  }
  if (errno != 0) return FailedCall("walk", path);
  return bytes;
}

absl::Status CopyMetadata(int from, const struct stat& st, int to) {
  // chown clears set-id bits and capabilities, so it comes first.
  if (fchown(to, st.st_uid, st.st_gid) != 0 ||
      fchmod(to, st.st_mode & 07777) != 0) {
    return FailedCall("set metadata of", "a copy");
  }
  RETURN_IF_ERROR(CopyAttributes(from, to));
  const timespec times[2] = {st.st_atim, st.st_mtim};
  if (futimens(to, times) != 0) return FailedCall("set times of", "a copy");
  return absl::OkStatus();
}

}  // namespace faas::image
