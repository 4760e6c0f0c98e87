// The main function of tests that need a machine to themselves. Where that is
// impossible, it skips all of them and says why.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "testing/private_host.h"

namespace {

// Skips each test as it starts, so that each is reported as skipped.
class SkipAll : public ::testing::EmptyTestEventListener {
 public:
  explicit SkipAll(std::string reason) : reason_(std::move(reason)) {}
  void OnTestStart(const ::testing::TestInfo&) override {
    GTEST_SKIP() << "no private host: " << reason_;
  }

 private:
  const std::string reason_;
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  // The PATH of Bazel has no sbin, where Debian keeps runc.
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*overwrite=*/1);
  return faas::testing::RunOnPrivateHost([](const std::string& reason) {
    if (!reason.empty()) {
      ::testing::UnitTest::GetInstance()->listeners().Append(
          new SkipAll(reason));
    }
    return RUN_ALL_TESTS();
  });
}
