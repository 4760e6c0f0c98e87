#include "extractor/sandboxee/sandboxed_extraction.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "common/fs/file.h"
#include "extractor/protocol/message_channel.h"
#include "extractor/protocol/messages.h"
#include "faas/internal/v1/extraction.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/limits.h"
#include "testing/private_host.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kImage[] = "examples/hello/hello.tar";
constexpr uint32_t kIdBase = 100000;
// More questions than an extractor of one small layer asks.
constexpr int kAnswers = 16;

class SandboxedExtractionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = faas::testing::PrivateHostDirectory() + "/boxXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    arguments_ = {.root = directory_ + "/staging",
                  .id_base = kIdBase,
                  .layer_bytes = uint64_t{1} << 30,
                  .zstd_window_log = 25,
                  .open_files = 1024,
                  .parent = getpid()};
    ASSERT_EQ(mkdir(arguments_.root.c_str(), 0700), 0);
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(directory_).ok()); }

  // Runs an extraction of `archive`, for which registryd allows all that it
  // asks and knows no layers. Returns its last message, and its status in
  // `status_`.
  internal::v1::FromExtractor Run(const std::string& archive) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    MessageChannel registryd(UniqueFd(ends[0]), {.max_message_bytes = 1 << 20});
    internal::v1::ToExtractor begin;
    *begin.mutable_begin()->mutable_limits() = ToProto(image::Limits());
    EXPECT_TRUE(registryd.Put(begin).ok());
    // Answers may come before the questions.
    internal::v1::ToExtractor answer;
    answer.mutable_admitted();
    for (int i = 0; i < kAnswers; ++i) EXPECT_TRUE(registryd.Put(answer).ok());
    EXPECT_TRUE(registryd.Flush().ok());

    absl::StatusOr<UniqueFd> bytes = fs::Open(archive, O_RDONLY);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    status_ =
        SandboxedExtraction(arguments_, *std::move(bytes), UniqueFd(ends[1]))
            .Run();

    EXPECT_TRUE(registryd.Fill().ok());
    internal::v1::FromExtractor message, last;
    while (registryd.Take(message).value_or(false)) {
      last = message;
      EXPECT_TRUE(registryd.Fill().ok());
    }
    EXPECT_TRUE(registryd.ended());
    return last;
  }

  std::string directory_;
  ExtractorArguments arguments_;
  absl::StatusOr<int> status_;
};

TEST_F(SandboxedExtractionTest, LayersAreBelowTheRoot) {
  const internal::v1::FromExtractor last = Run(kImage);
  ASSERT_TRUE(status_.ok()) << status_.status();
  EXPECT_TRUE(WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0) << *status_;
  ASSERT_TRUE(last.has_extracted()) << last.ShortDebugString();
  ASSERT_EQ(last.extracted().layers_size(), 1);
  EXPECT_EQ(last.extracted().layers(0).directory(), 0u);
  EXPECT_GT(last.extracted().image().archive_bytes(), 0u);
  EXPECT_EQ(access((arguments_.root + "/0/hello").c_str(), F_OK), 0);
}

TEST_F(SandboxedExtractionTest, WithoutIdBaseThereIsNoUserNamespace) {
  arguments_.id_base = 0;
  EXPECT_TRUE(Run(kImage).has_extracted());
}

TEST_F(SandboxedExtractionTest, ErrorOfTheArchiveIsReported) {
  const internal::v1::FromExtractor last = Run("/dev/null");
  ASSERT_TRUE(status_.ok()) << status_.status();
  EXPECT_TRUE(WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0) << *status_;
  EXPECT_EQ(last.failure().category(), "TRUNCATED");
  EXPECT_THAT(last.failure().message(), HasSubstr("the archive is empty"));
}

TEST_F(SandboxedExtractionTest, ErrorOfTheSandboxIsReported) {
  arguments_.root = directory_ + "/none";
  const internal::v1::FromExtractor last = Run(kImage);
  ASSERT_TRUE(status_.ok()) << status_.status();
  EXPECT_TRUE(WIFEXITED(*status_) && WEXITSTATUS(*status_) == 1) << *status_;
  EXPECT_THAT(last.failure().message(),
              StartsWith("enter the extractor's sandbox: chown"));
}

TEST_F(SandboxedExtractionTest, FileBeyondTheLimitEndsTheSandbox) {
  arguments_.layer_bytes = 1000;
  Run(kImage);
  ASSERT_TRUE(status_.ok()) << status_.status();
  EXPECT_TRUE(WIFSIGNALED(*status_) && WTERMSIG(*status_) == SIGXFSZ)
      << *status_;
}

}  // namespace
}  // namespace faas::extractor
