#include "tests/security/tree_check.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

constexpr size_t kMaxContentBytes = size_t{1} << 20;

std::string Names(const std::string& directory) {
  std::vector<std::string> names =
      fs::ListDirectory(directory).value_or(std::vector<std::string>());
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ",");
}

std::string Content(const std::string& path) {
  const auto content = fs::ReadFile(path, kMaxContentBytes);
  return content.ok() ? *content : std::string(content.status().message());
}

// Returns what is at `path`, in the form of `wanted`.
std::string Describe(const std::string& root, const std::string& path,
                     const std::string& wanted) {
  const std::string full = absl::StrCat(root, "/", path);
  const std::string aspect = wanted.substr(0, wanted.find(':'));
  struct stat info;
  if (lstat(full.c_str(), &info) != 0) return "none";
  if (aspect == "mode")
    return absl::StrFormat("mode:%05o", info.st_mode & 07777);
  if (aspect == "size") return absl::StrCat("size:", info.st_size);
  if (aspect == "same") {
    const std::string other = wanted.substr(aspect.size() + 1);
    struct stat other_info;
    const bool same =
        lstat(absl::StrCat(root, "/", other).c_str(), &other_info) == 0 &&
        other_info.st_ino == info.st_ino && other_info.st_dev == info.st_dev;
    return same ? wanted : absl::StrCat("another file than ", other);
  }
  if (S_ISLNK(info.st_mode)) {
    return absl::StrCat("link:", std::filesystem::read_symlink(full).string());
  }
  if (S_ISDIR(info.st_mode)) {
    return wanted == "dir" ? "dir" : absl::StrCat("dir:", Names(full));
  }
  if (S_ISREG(info.st_mode)) return absl::StrCat("file:", Content(full));
  return absl::StrFormat("mode %o", info.st_mode);
}

}  // namespace

void ExpectTree(const std::string& root,
                const std::map<std::string, std::string>& tree) {
  for (const auto& [path, wanted] : tree) {
    EXPECT_EQ(Describe(root, path, wanted), wanted) << path;
  }
}

}  // namespace faas::testing
