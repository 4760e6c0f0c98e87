#include "gatewayd/platform_answer.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "faas/internal/v1/handoff.pb.h"
#include "gtest/gtest.h"

namespace faas::gatewayd {
namespace {

TEST(PlatformAnswerTest, ResponseIsCompleteAndMarked) {
  const std::string response =
      HttpResponse(AnswerFor(handoff::Reject::Reason::kStartTimeout), "hello");
  EXPECT_TRUE(absl::StartsWith(response, "HTTP/1.1 504 Gateway Timeout\r\n"));
  EXPECT_TRUE(absl::StrContains(response, "X-Faasd-Error: start-timeout\r\n"));
  EXPECT_FALSE(absl::StrContains(response, "Retry-After"));
  const size_t end = response.find("\r\n\r\n");
  ASSERT_NE(end, std::string::npos);
  EXPECT_TRUE(absl::StrContains(
      response, absl::StrCat("Content-Length: ", response.size() - end - 4)));
}

TEST(PlatformAnswerTest, OverloadAsksToRetry) {
  const std::string response = HttpResponse(TooManyPending(), "hello");
  EXPECT_TRUE(absl::StartsWith(response, "HTTP/1.1 503 "));
  EXPECT_TRUE(absl::StrContains(response, "\r\nRetry-After: 1\r\n"));
}

TEST(PlatformAnswerTest, EveryReasonHasAnAnswer) {
  for (int i = internal::v1::Reject::Reason_MIN + 1;
       i <= internal::v1::Reject::Reason_MAX; ++i) {
    EXPECT_NE(AnswerFor(static_cast<handoff::Reject::Reason>(i)).reason,
              "rejected");
  }
}

}  // namespace
}  // namespace faas::gatewayd
