// The main function of tests that need a machine to themselves: all of them
// are skipped, with the reason, where it cannot be had.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/testing/private_host.h"

namespace {

class SkipAll : public ::testing::Environment {
 public:
  explicit SkipAll(std::string reason) : reason_(std::move(reason)) {}
  void SetUp() override {
    std::printf("SKIPPED: no private host: %s\n", reason_.c_str());
    GTEST_SKIP() << reason_;
  }

 private:
  const std::string reason_;
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  // Bazel's has no sbin, where Debian keeps runc.
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*overwrite=*/1);
  return faas::testing::RunOnPrivateHost([](const std::string& reason) {
    if (!reason.empty()) {
      ::testing::AddGlobalTestEnvironment(new SkipAll(reason));
    }
    return RUN_ALL_TESTS();
  });
}
