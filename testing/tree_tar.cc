#include "testing/tree_tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

constexpr size_t kFileLimitBytes = size_t{512} << 20;

absl::StatusOr<std::string> ReadLink(const std::string& path) {
  std::string target(4096, '\0');
  const ssize_t size = readlink(path.c_str(), target.data(), target.size());
  if (size < 0) {
    return base::ErrnoStatus(absl::StrCat("readlink \"", path, "\""));
  }
  target.resize(size);
  return target;
}

absl::Status FillContents(const std::string& path, const struct stat& info,
                          TarEntry* entry) {
  switch (info.st_mode & S_IFMT) {
    case S_IFREG: {
      ASSIGN_OR_RETURN(entry->data, fs::ReadFile(path, kFileLimitBytes));
      return absl::OkStatus();
    }
    case S_IFLNK: {
      entry->type = '2';
      ASSIGN_OR_RETURN(entry->target, ReadLink(path));
      return absl::OkStatus();
    }
    case S_IFDIR:
      entry->type = '5';
      entry->path += '/';
      return absl::OkStatus();
    case S_IFIFO:
      entry->type = '6';
      return absl::OkStatus();
    case S_IFCHR:
    case S_IFBLK:
      entry->type = S_ISCHR(info.st_mode) ? '3' : '4';
      entry->device_major = major(info.st_rdev);
      entry->device_minor = minor(info.st_rdev);
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(
          absl::StrCat("\"", path, "\" cannot stand in a tar"));
  }
}

absl::StatusOr<std::vector<std::string>> SortedTree(
    const std::string& directory) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator walk(directory, error), end;
  std::vector<std::string> paths;
  for (; !error && walk != end; walk.increment(error)) {
    if (walk->is_socket(error)) continue;
    paths.push_back(walk->path().lexically_relative(directory));
  }
  if (error) {
    return absl::InternalError(
        absl::StrCat("walk \"", directory, "\": ", error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::Status AddFromDisk(const std::string& host_path,
                         const std::string& image_path, TarWriter* writer) {
  struct stat info;
  if (lstat(host_path.c_str(), &info) != 0) {
    return base::ErrnoStatus(absl::StrCat("lstat \"", host_path, "\""));
  }
  TarEntry entry;
  entry.path = image_path;
  entry.mode = info.st_mode & 07777;
  RETURN_IF_ERROR(FillContents(host_path, info, &entry));
  writer->Add(entry);
  return absl::OkStatus();
}

void AddParents(const std::string& image_path, std::set<std::string>* written,
                TarWriter* writer) {
  for (size_t slash = image_path.find('/'); slash != std::string::npos;
       slash = image_path.find('/', slash + 1)) {
    const std::string parent = image_path.substr(0, slash + 1);
    if (parent == "/" || !written->insert(parent).second) continue;
    writer->Add(DirectoryEntry(parent));
  }
}

absl::StatusOr<std::string> TreeTar(const std::string& directory) {
  ASSIGN_OR_RETURN(std::vector<std::string> paths, SortedTree(directory));
  std::map<std::pair<dev_t, ino_t>, std::string> linked;
  TarWriter writer;
  for (const std::string& path : paths) {
    const std::string host_path = absl::StrCat(directory, "/", path);
    struct stat info;
    if (lstat(host_path.c_str(), &info) != 0) {
      return base::ErrnoStatus(absl::StrCat("lstat \"", host_path, "\""));
    }
    if (S_ISREG(info.st_mode) && info.st_nlink > 1) {
      auto [first, is_new] =
          linked.emplace(std::make_pair(info.st_dev, info.st_ino), path);
      if (!is_new) {
        writer.HardLink(path, first->second);
        continue;
      }
    }
    RETURN_IF_ERROR(AddFromDisk(host_path, path, &writer));
  }
  return writer.Finish();
}

}  // namespace faas::testing
