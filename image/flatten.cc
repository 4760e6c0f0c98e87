#include "image/flatten.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/layer/file_ops.h"
#include "image/layer/overlay.h"

namespace faas::image {
namespace {

using base::UniqueFd;

// A LayerMerger merges one layer into the tree of those below it.
class LayerMerger {
 public:
  LayerMerger(int target, FlattenMode mode) : target_(target), mode_(mode) {}

  // Merges the entries of the directory `from` into `to`, which is at `path` in
  // the target. The depth of the recursion is bounded by the limit on the depth
  // of layers.
  absl::Status Merge(int from, int to, const std::string& path);

 private:
  struct Place {
    int from;
    int to;
    std::string name;
    std::string path;  // The path of the entry in the target.
  };

  absl::Status MergeEntry(const Place& place);
  absl::Status MergeDirectory(const Place& place);
  absl::Status Move(const Place& place);
  absl::Status Copy(const Place& place, const struct stat& st);

  const int target_;
  const FlattenMode mode_;
  // The path of the copy of a file that has several links, by inode number.
  std::map<ino_t, std::string> copies_;
};

absl::Status Fail(absl::string_view what, const std::string& path) {
  const int error = errno;
  return StorageError(base::ErrnoStatus(
      absl::StrCat(what, " \"", base::Printable(path), "\""), error));
}

absl::Status LayerMerger::Merge(int from, int to, const std::string& path) {
  // This is read before the entries are moved away, which changes the times.
  struct stat st;
  if (fstat(from, &st) != 0) return Fail("stat", path);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(from));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(MergeEntry({from, to, name, JoinPath(path, name)}));
  }
  return CopyMetadata(from, st, to);
}

absl::Status LayerMerger::MergeEntry(const Place& place) {
  struct stat st;
  if (fstatat(place.from, place.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("stat", place.path);
  }
  if (S_ISDIR(st.st_mode)) return MergeDirectory(place);
  RETURN_IF_ERROR(RemoveAt(place.to, place.name));
  if (IsWhiteout(st)) return absl::OkStatus();
  return mode_ == FlattenMode::kMove ? Move(place) : Copy(place, st);
}

absl::Status LayerMerger::MergeDirectory(const Place& place) {
  ASSIGN_OR_RETURN(const UniqueFd from,
                   OpenDirectoryAt(place.from, place.name));
  struct stat st;
  const bool found =
      fstatat(place.to, place.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
  if (found && (!S_ISDIR(st.st_mode) || IsOpaque(from.get()))) {
    RETURN_IF_ERROR(RemoveAt(place.to, place.name));
  }
  if (mkdirat(place.to, place.name.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail("mkdir", place.path);
  }
  ASSIGN_OR_RETURN(const UniqueFd to, OpenDirectoryAt(place.to, place.name));
  return Merge(from.get(), to.get(), place.path);
}

absl::Status LayerMerger::Move(const Place& place) {
  if (renameat(place.from, place.name.c_str(), place.to, place.name.c_str()) !=
      0) {
    return Fail("move", place.path);
  }
  return absl::OkStatus();
}

absl::Status LayerMerger::Copy(const Place& place, const struct stat& st) {
  if (st.st_nlink > 1) {
    const auto [it, inserted] = copies_.emplace(st.st_ino, place.path);
    if (!inserted) {
      if (linkat(target_, it->second.c_str(), place.to, place.name.c_str(),
                 0) != 0) {
        return Fail("link", place.path);
      }
      return absl::OkStatus();
    }
  }
  return CopyFileAt(place.from, place.name, place.to, place.name);
}

}  // namespace

absl::Status Flatten(const std::vector<std::string>& layer_directories,
                     const std::string& target, FlattenMode mode) {
  if (mkdir(target.c_str(), 0755) != 0 && errno != EEXIST) {
    return Fail("mkdir", target);
  }
  const absl::StatusOr<UniqueFd> to =
      fs::Open(target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!to.ok()) return StorageError(to.status());
  for (auto it = layer_directories.begin(); it != layer_directories.end();
       ++it) {
    if (std::find(it + 1, layer_directories.end(), *it) !=
        layer_directories.end()) {
      continue;
    }
    const absl::StatusOr<UniqueFd> from =
        fs::Open(*it, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!from.ok()) return StorageError(from.status());
    RETURN_IF_ERROR(LayerMerger(to->get(), mode)
                        .Merge(from->get(), to->get(), /*path=*/""));
  }
  return absl::OkStatus();
}

}  // namespace faas::image
