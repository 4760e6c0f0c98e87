#include "common/event/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "gtest/gtest.h"

namespace faas::event {
namespace {

class EventLoopTest : public testing::Test {
 protected:
  void SetUp() override {
    auto loop = EventLoop::Create();
    ASSERT_TRUE(loop.ok());
    loop_ = *std::move(loop);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    read_ = base::UniqueFd(ends[0]);
    write_ = base::UniqueFd(ends[1]);
  }

  std::unique_ptr<EventLoop> loop_;
  base::UniqueFd read_, write_;
};

TEST_F(EventLoopTest, ReadableDescriptorCallsBack) {
  std::string got;
  auto token = loop_->Watch(read_.get(), EPOLLIN, [&](uint32_t) {
    char c;
    if (read(read_.get(), &c, 1) == 1) got += c;
    loop_->Stop();
  });
  ASSERT_TRUE(token.ok());
  ASSERT_EQ(write(write_.get(), "x", 1), 1);
  loop_->Run();
  EXPECT_EQ(got, "x");
}

TEST_F(EventLoopTest, UnwatchedDescriptorOfTheSameBatchIsNotCalled) {
  const base::UniqueFd copy(dup(read_.get()));
  int calls = 0;
  EventLoop::Token first = 0, second = 0;
  const auto callback = [&](uint32_t) {
    ++calls;
    loop_->Unwatch(first);
    loop_->Unwatch(second);
    loop_->Stop();
  };
  first = *loop_->Watch(read_.get(), EPOLLIN, callback);
  second = *loop_->Watch(copy.get(), EPOLLIN, callback);
  ASSERT_EQ(write(write_.get(), "x", 1), 1);
  loop_->Run();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, TimersFireInOrderAndCancelledOnesDoNot) {
  std::string order;
  loop_->After(absl::Milliseconds(20), [&] {
    order += "c";
    loop_->Stop();
  });
  loop_->After(absl::Milliseconds(10), [&] { order += "b"; });
  loop_->After(absl::ZeroDuration(), [&] { order += "a"; });
  const auto cancelled =
      loop_->After(absl::Milliseconds(5), [&] { order += "X"; });
  loop_->CancelTimer(cancelled);
  loop_->Run();
  EXPECT_EQ(order, "abc");
}

TEST_F(EventLoopTest, CallFromAnotherThreadReturnsTheResult) {
  std::thread caller([&] {
    const absl::StatusOr<int> result =
        loop_->Call<int>([] { return absl::StatusOr<int>(7); });
    EXPECT_EQ(result.value_or(0), 7);
    loop_->Stop();
  });
  loop_->Run();
  caller.join();
}

TEST_F(EventLoopTest, CallAfterStopIsCancelled) {
  loop_->Stop();
  loop_->Run();
  EXPECT_EQ(
      loop_->Call<int>([] { return absl::StatusOr<int>(7); }).status().code(),
      absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace faas::event
