#include "image/testing/tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "image/layer/overlay.h"

namespace faas::image::testing {
namespace {

std::string Describe(const std::string& path) {
  struct stat st;
  if (lstat(path.c_str(), &st) != 0) return "?";
  if (S_ISLNK(st.st_mode)) {
    return absl::StrCat("link:", std::filesystem::read_symlink(path).string());
  }
  if (S_ISREG(st.st_mode)) {
    return absl::StrCat("file:", fs::ReadFile(path, 1 << 20).value_or("?"));
  }
  if (S_ISDIR(st.st_mode)) {
    const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return IsOpaque(fd.get()) ? "dir opaque" : "dir";
  }
  return IsWhiteout(st) ? "whiteout" : "?";
}

constexpr char kSentinel[] = "as it was";

}  // namespace

Tree ReadTree(const std::string& root) {
  Tree tree;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path().string();
    tree[path.substr(root.size() + 1)] = Describe(path);
  }
  return tree;
}

void TreeTest::SetUp() {
  std::string pattern =
      std::filesystem::path(::testing::TempDir()) / "image_testXXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  dir_ = pattern;
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/outside/etc", 0755).ok());
  ASSERT_TRUE(
      fs::WriteFileDurably(dir_ + "/outside/etc/passwd", kSentinel, 0600).ok());
}

void TreeTest::TearDown() {
  const Tree expected = {{"etc", "dir"},
                         {"etc/passwd", absl::StrCat("file:", kSentinel)}};
  EXPECT_EQ(ReadTree(dir_ + "/outside"), expected);
  EXPECT_TRUE(fs::RemoveTree(dir_).ok());
}

void ExpectError(const absl::Status& status, ErrorCategory category,
                 const std::string& text) {
  ASSERT_FALSE(status.ok()) << "expected " << CategoryName(category);
  ASSERT_TRUE(CategoryOf(status).has_value()) << status;
  EXPECT_EQ(CategoryName(*CategoryOf(status)), CategoryName(category))
      << status;
  EXPECT_NE(status.message().find(text), absl::string_view::npos) << status;
}

}  // namespace faas::image::testing
