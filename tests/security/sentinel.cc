#include "tests/security/sentinel.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "testing/image_builder.h"
#include "testing/private_host.h"

namespace faas::testing {
namespace {

namespace filesystem = std::filesystem;

void WriteFile(const std::string& path, const std::string& content,
               mode_t mode) {
  std::ofstream(path) << content;
  if (chmod(path.c_str(), mode) != 0) std::abort();
}

std::string MakeSentinel() {
  const std::string root = PrivateHostDirectory() + "/sentinel";
  filesystem::create_directories(root + "/directory");
  filesystem::create_directories(root + "/empty");
  WriteFile(root + "/secret", "secret\n", 0600);
  WriteFile(root + "/tool", "tool\n", 04755);
  WriteFile(root + "/directory/file", "file\n", 0644);
  WriteFile(root + "/directory/passwd",
            "sentinel:x:4711:4711:sentinel:/:/bin/sh\n", 0644);
  filesystem::create_symlink("secret", root + "/link");
  filesystem::create_symlink("captured", root + "/dangling");
  return root;
}

std::string Content(const std::string& path, const struct stat& info) {
  if (S_ISLNK(info.st_mode)) return filesystem::read_symlink(path).string();
  if (!S_ISREG(info.st_mode)) return "";
  std::ifstream file(path);
  return Sha256Hex((std::stringstream() << file.rdbuf()).str());
}

std::string ExtendedAttributes(const std::string& path) {
  char names[4096];
  const ssize_t size = llistxattr(path.c_str(), names, sizeof(names));
  std::string all;
  for (ssize_t at = 0; at < size;) {
    const std::string name = names + at;
    char value[4096];
    const ssize_t length =
        lgetxattr(path.c_str(), name.c_str(), value, sizeof(value));
    absl::StrAppend(&all, " ", name, "=",
                    absl::string_view(value, length < 0 ? 0 : length));
    at += static_cast<ssize_t>(name.size()) + 1;
  }
  return all;
}

std::string DescribeFile(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return "gone";
  return absl::StrFormat(
      "%o %d:%d %d bytes, modified %d.%09d, changed %d.%09d, %d links, inode "
      "%d%s %s",
      info.st_mode, info.st_uid, info.st_gid, info.st_size, info.st_mtim.tv_sec,
      info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
      info.st_nlink, info.st_ino, ExtendedAttributes(path),
      Content(path, info));
}

}  // namespace

std::string SentinelPath() {
  static const std::string& path = *new std::string(MakeSentinel());
  return path;
}

std::string ClimbToSentinel() {
  std::string path;
  for (int i = 0; i < 40; ++i) path += "../";
  return path + SentinelPath().substr(1);
}

TreeSnapshot SnapshotTree(const std::string& root) {
  TreeSnapshot snapshot = {{root, DescribeFile(root)}};
  std::error_code error;
  for (auto walk = filesystem::recursive_directory_iterator(root, error);
       !error && walk != filesystem::recursive_directory_iterator();
       walk.increment(error)) {
    snapshot[walk->path()] = DescribeFile(walk->path());
  }
  return snapshot;
}

std::string DescribeChanges(const TreeSnapshot& before,
                            const TreeSnapshot& after) {
  std::string changes;
  for (const auto& [path, what] : before) {
    const auto now = after.find(path);
    if (now == after.end()) {
      absl::StrAppend(&changes, "gone: ", path, "\n");
    } else if (now->second != what) {
      absl::StrAppend(&changes, "was: ", path, " ", what, "\nis:  ", path, " ",
                      now->second, "\n");
    }
  }
  for (const auto& [path, what] : after) {
    if (before.count(path) == 0) {
      absl::StrAppend(&changes, "new: ", path, " ", what, "\n");
    }
  }
  return changes;
}

}  // namespace faas::testing
