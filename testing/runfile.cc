#include "testing/runfile.h"

#include <unistd.h>

#include <climits>
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

void FindRunfiles() {
  char program[PATH_MAX] = "";
  if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0) return;
  const std::string runfiles = absl::StrCat(program, ".runfiles");
  if (access(runfiles.c_str(), X_OK) != 0) return;
  setenv("TEST_SRCDIR", runfiles.c_str(), /*overwrite=*/0);
  setenv("TEST_WORKSPACE", "faasd", /*overwrite=*/0);
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
