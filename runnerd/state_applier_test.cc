#include "runnerd/state_applier.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace faas::runnerd {
namespace {

std::shared_ptr<const function::FunctionState> State(uint64_t generation) {
  auto state = std::make_shared<function::FunctionState>();
  state->generation = generation;
  return state;
}

class StateApplierTest : public ::testing::Test {
 protected:
  StateApplierTest()
      : loop_(*event::EventLoop::Create()),
        applier_(loop_.get(),
                 {.apply =
                      [this](const function::FunctionState& state) {
                        tried_.push_back(state.generation);
                        return failures_-- > 0 ? absl::InternalError("no mount")
                                               : absl::OkStatus();
                      },
                  .on_applied =
                      [this](uint64_t generation) {
                        EXPECT_EQ(generation, tried_.back());
                        ++told_;
                      }},
                 /*retry_interval=*/absl::Milliseconds(1)) {}

  // Runs the loop until there have been `tries`, and then until a timer that
  // was set after the last try has fired, so that one try too many is seen.
  void RunUntil(size_t tries) {
    while (tried_.size() < tries) loop_->RunOnce();
    bool done = false;
    loop_->After(absl::Milliseconds(5), [&] { done = true; });
    while (!done) loop_->RunOnce();
  }

  std::unique_ptr<event::EventLoop> loop_;
  int failures_ = 0;
  std::vector<uint64_t> tried_;  // The generations of the states.
  size_t told_ = 0;
  StateApplier applier_;
};

TEST_F(StateApplierTest, GoodStateIsAppliedOnceAndAtOnce) {
  applier_.Set(State(7));
  EXPECT_EQ(tried_, std::vector<uint64_t>{7});
  RunUntil(1);
  EXPECT_EQ(tried_, std::vector<uint64_t>{7});
  EXPECT_EQ(told_, 1u);
}

TEST_F(StateApplierTest, FailedStateIsToldAndAppliedUntilItSucceeds) {
  failures_ = 2;
  applier_.Set(State(7));
  EXPECT_EQ(told_, 1u);
  RunUntil(3);
  EXPECT_EQ(tried_, (std::vector<uint64_t>{7, 7, 7}));
  EXPECT_EQ(told_, 3u);
}

TEST_F(StateApplierTest, NewerStateReplacesTheFailedOne) {
  failures_ = 1;
  applier_.Set(State(7));
  applier_.Set(State(8));
  RunUntil(2);
  EXPECT_EQ(tried_, (std::vector<uint64_t>{7, 8}));
}

TEST_F(StateApplierTest, NothingIsAppliedAfterStop) {
  failures_ = 1;
  applier_.Set(State(7));
  applier_.Stop();
  applier_.Set(State(8));
  RunUntil(1);
  EXPECT_EQ(tried_, std::vector<uint64_t>{7});
}

}  // namespace
}  // namespace faas::runnerd
