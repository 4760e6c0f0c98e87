#include "tests/testing/runfile.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

constexpr size_t kLimitBytes = size_t{1} << 30;

}  // namespace

std::string Runfile(const std::string& path) {
  const char* const root = std::getenv("TEST_SRCDIR");
  const char* const workspace = std::getenv("TEST_WORKSPACE");
  if (root == nullptr || workspace == nullptr) return path;
  return absl::StrCat(root, "/", workspace, "/", path);
}

std::string ReadRunfile(const std::string& path) {
  absl::StatusOr<std::string> contents =
      fs::ReadFile(Runfile(path), kLimitBytes);
  if (!contents.ok()) {
    std::fprintf(stderr, "%s\n", contents.status().ToString().c_str());
    std::abort();
  }
  return *std::move(contents);
}

}  // namespace faas::testing
