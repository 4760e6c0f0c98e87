#include "tests/security/byte_feed.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <string>

#include "common/fs/file.h"

namespace faas::testing {
namespace {

TEST(ByteFeedTest, EndsWhenTheGeneratorReturns) {
  const ByteFeed feed([](const ByteSink& sink) {
    sink("some ");
    sink("bytes");
  });
  EXPECT_EQ(*fs::ReadFd(feed.fd(), 100), "some bytes");
}

TEST(ByteFeedTest, StaysOpenWhenAsked) {
  const ByteFeed feed([](const ByteSink& sink) { sink("x"); },
                      ByteFeed::End::kStayOpen);
  char byte;
  EXPECT_EQ(read(feed.fd(), &byte, 1), 1);
  pollfd more = {feed.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&more, 1, /*timeout=*/0), 0);
}

TEST(ByteFeedTest, EndlessGeneratorIsToldThatNobodyReads) {
  bool told = false;
  {
    const ByteFeed feed([&told](const ByteSink& sink) {
      const std::string piece(1 << 16, 'x');
      while (sink(piece)) {
      }
      told = true;
    });
    char byte;
    EXPECT_EQ(read(feed.fd(), &byte, 1), 1);
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace faas::testing
