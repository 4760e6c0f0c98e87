#include "tests/faithfulness/file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

using base::UniqueFd;

constexpr size_t kReadBytes = 1 << 20;

absl::Status Fail(absl::string_view what, const std::string& path) {
  const int error = errno;
  return base::ErrnoStatus(
      absl::StrCat(what, " \"", base::Printable(path), "\""), error);
}

class TreeReader {
 public:
  TreeReader() : buffer_(kReadBytes, '\0') {}

  absl::Status ReadDirectory(int fd, const std::string& path);
  // Reads what `name` in `parent` is. `path` is where it lies in the tree.
  absl::Status ReadNode(int parent, const std::string& name,
                        const std::string& path);
  FileTree Finish();

 private:
  absl::Status ReadContent(int parent, const std::string& name,
                           const std::string& path, FileNode* node);
  absl::Status ReadXattrs(int parent, const std::string& name,
                          const std::string& path, FileNode* node);

  FileTree tree_;
  // The paths of files that have more than one name, on this file system.
  std::map<std::pair<dev_t, ino_t>, std::vector<std::string>> links_;
  std::string buffer_;
};

absl::StatusOr<std::vector<std::string>> Names(int fd,
                                               const std::string& path) {
  const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return Fail("open", path);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(fdopendir(copy), closedir);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return Fail("list", path);
  return names;
}

absl::Status TreeReader::ReadDirectory(int fd, const std::string& path) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, Names(fd, path));
  for (const std::string& name : names) {
    const std::string child = path == "." ? name : path + "/" + name;
    RETURN_IF_ERROR(ReadNode(fd, name, child));
    if (!S_ISDIR(tree_[child].mode)) continue;
    const UniqueFd child_fd(openat(
        fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!child_fd.valid()) return Fail("open", child);
    RETURN_IF_ERROR(ReadDirectory(child_fd.get(), child));
  }
  return absl::OkStatus();
}

absl::Status TreeReader::ReadNode(int parent, const std::string& name,
                                  const std::string& path) {
  struct stat st;
  if (fstatat(parent, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("stat", path);
  }
  FileNode& node = tree_[path];
  node.mode = st.st_mode;
  node.uid = st.st_uid;
  node.gid = st.st_gid;
  node.mtime = st.st_mtim;
  if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) node.device = st.st_rdev;
  if (!S_ISDIR(st.st_mode) && st.st_nlink > 1) {
    links_[{st.st_dev, st.st_ino}].push_back(path);
  }
  if (S_ISREG(st.st_mode)) {
    node.size = st.st_size;
    RETURN_IF_ERROR(ReadContent(parent, name, path, &node));
  } else if (S_ISLNK(st.st_mode)) {
    char target[PATH_MAX];
    const ssize_t n = readlinkat(parent, name.c_str(), target, sizeof(target));
    if (n < 0) return Fail("read link", path);
    node.target.assign(target, n);
  }
  return ReadXattrs(parent, name, path, &node);
}

absl::Status TreeReader::ReadContent(int parent, const std::string& name,
                                     const std::string& path, FileNode* node) {
  const UniqueFd fd(
      openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return Fail("open", path);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  while (true) {
    const ssize_t n = read(fd.get(), buffer_.data(), buffer_.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail("read", path);
    if (n == 0) break;
    EVP_DigestUpdate(hash.get(), buffer_.data(), n);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(hash.get(), digest, &size);
  node->sha256 = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), size));
  return absl::OkStatus();
}

absl::Status TreeReader::ReadXattrs(int parent, const std::string& name,
                                    const std::string& path, FileNode* node) {
  // The attributes are read through the descriptor, since the whole path may be
  // too long for a path. There is no lgetxattrat yet.
  const std::string link = absl::StrCat("/proc/self/fd/", parent, "/", name);
  ssize_t n = llistxattr(link.c_str(), buffer_.data(), buffer_.size());
  // The file system has no attributes, or the object can bear none.
  if (n < 0 && errno == ENOTSUP) return absl::OkStatus();
  if (n < 0) return Fail("list extended attributes of", path);
  const std::vector<std::string> keys = absl::StrSplit(
      absl::string_view(buffer_.data(), n), '\0', absl::SkipEmpty());
  for (const std::string& key : keys) {
    n = lgetxattr(link.c_str(), key.c_str(), buffer_.data(), buffer_.size());
    if (n < 0) return Fail(absl::StrCat("read attribute ", key, " of"), path);
    node->xattrs[key] = buffer_.substr(0, n);
  }
  return absl::OkStatus();
}

FileTree TreeReader::Finish() {
  for (const auto& [inode, paths] : links_) {
    if (paths.size() < 2) continue;
    const std::string& first = *std::min_element(paths.begin(), paths.end());
    for (const std::string& path : paths) tree_[path].first_link = first;
  }
  return std::move(tree_);
}

}  // namespace

absl::StatusOr<FileTree> ReadFileTree(const std::string& root) {
  ASSIGN_OR_RETURN(const UniqueFd fd,
                   fs::Open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TreeReader reader;
  RETURN_IF_ERROR(reader.ReadNode(fd.get(), ".", "."));
  RETURN_IF_ERROR(reader.ReadDirectory(fd.get(), "."));
  return reader.Finish();
}

}  // namespace faas::testing
