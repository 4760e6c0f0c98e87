#include "runnerd/admission/scheduler.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

constexpr Scheduler::HostLimits kHost = {
    .max_active = 4,
    .max_waiting = 5000,
    .overload_after = absl::Seconds(2),
    .overload_wait = absl::Seconds(1),
};
constexpr Scheduler::FunctionLimits kFunction = {
    .max_active = 4, .max_waiting = 1000, .max_wait = absl::Seconds(30)};

class SchedulerTest : public testing::Test {
 protected:
  void Use(const Scheduler::HostLimits& limits) { scheduler_.emplace(limits); }

  void Limit(const std::string& function,
             const Scheduler::FunctionLimits& limits = kFunction) {
    scheduler_->SetLimits(function, limits);
  }

  // Returns the connection's id, or the negative reason of a refusal.
  int64_t Add(const std::string& function, const std::string& client = "a") {
    const auto refused = scheduler_->Add({++last_, function, client}, now_);
    return refused.has_value() ? -static_cast<int64_t>(*refused) : last_;
  }

  // Returns the id of the connection that is taken; 0 if there is none.
  int64_t Take() {
    return scheduler_->Take(now_, [](const std::string&) { return true; })
        .value_or(0);
  }

  absl::Time now_ = absl::UnixEpoch();
  absl::optional<Scheduler> scheduler_{kHost};
  uint64_t last_ = 0;
};

TEST_F(SchedulerTest, FirstComeFirstServed) {
  Limit("f");
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(Add("f"), i);
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(Take(), i);
  EXPECT_EQ(Take(), 0);
}

TEST_F(SchedulerTest, NoMoreAreActiveThanTheHostTakes) {
  Limit("f", {.max_active = 100, .max_waiting = 100});
  for (int i = 0; i < 6; ++i) Add("f");
  for (int i = 0; i < 4; ++i) EXPECT_NE(Take(), 0);
  EXPECT_EQ(Take(), 0);
  scheduler_->Remove(1, now_);
  EXPECT_EQ(Take(), 5);
  EXPECT_EQ(scheduler_->active(), 4);
  EXPECT_EQ(scheduler_->waiting(), 1);
}

TEST_F(SchedulerTest, AFunctionAtItsLimitDoesNotHoldUpOthers) {
  Limit("f", {.max_active = 1, .max_waiting = 9});
  Limit("g");
  Add("f"), Add("f");
  const int64_t other = Add("g");
  EXPECT_EQ(Take(), 1);
  EXPECT_EQ(Take(), other);
  EXPECT_EQ(Take(), 0);
  EXPECT_EQ(scheduler_->active("f"), 1);
  EXPECT_EQ(scheduler_->waiting("f"), 1);
}

TEST_F(SchedulerTest, AFunctionThatCannotStartDoesNotHoldUpOthers) {
  Limit("f"), Limit("g");
  Add("f");
  const int64_t other = Add("g");
  const auto only_g = [](const std::string& name) { return name == "g"; };
  EXPECT_EQ(scheduler_->Take(now_, only_g), other);
  EXPECT_EQ(scheduler_->Take(now_, only_g), absl::nullopt);
}

TEST_F(SchedulerTest, AFloodedFunctionDoesNotStarveAnother) {
  Limit("flood"), Limit("quiet");
  for (int i = 0; i < 1000; ++i) Add("flood");
  for (int i = 0; i < 4; ++i) Take();
  const int64_t quiet = Add("quiet");
  scheduler_->Remove(1, now_);
  EXPECT_EQ(Take(), quiet);
}

TEST_F(SchedulerTest, FloodedFunctionsShareTheHostEvenly) {
  Use({.max_active = 9, .max_waiting = 5000, .overload_after = absl::Hours(1)});
  for (const char* name : {"f", "g", "h"}) {
    Limit(name, {.max_active = 9, .max_waiting = 100});
    for (int i = 0; i < 20; ++i) Add(name);
  }
  while (Take() != 0) {
  }
  for (const char* name : {"f", "g", "h"}) {
    EXPECT_EQ(scheduler_->active(name), 3);
  }
}

TEST_F(SchedulerTest, EachLimitHasItsReason) {
  Use({.max_active = 1,
       .max_waiting = 3,
       .max_per_client = 2,
       .overload_after = absl::Hours(1)});
  Limit("f", {.max_active = 1, .max_waiting = 1});
  Limit("g", {.max_active = 1, .max_waiting = 9});
  EXPECT_GT(Add("f", "a"), 0);
  EXPECT_EQ(Add("f", "b"), -internal::v1::Reject::REASON_QUEUE_FULL);
  EXPECT_GT(Add("g", "a"), 0);
  EXPECT_EQ(Add("g", "a"), -internal::v1::Reject::REASON_CLIENT_LIMIT);
  EXPECT_GT(Add("g", "c"), 0);
  EXPECT_EQ(Add("g", "d"), -internal::v1::Reject::REASON_OVERLOADED);
  // Active connections count for their client; ended ones do not.
  EXPECT_EQ(Take(), 1);
  EXPECT_EQ(Add("g", "a"), -internal::v1::Reject::REASON_CLIENT_LIMIT);
  scheduler_->Remove(1, now_);
  EXPECT_GT(Add("g", "a"), 0);
}

TEST_F(SchedulerTest, ThoseThatHaveWaitedForTooLongAreTakenOutAtThatMoment) {
  Limit("f", {.max_active = 1, .max_waiting = 9, .max_wait = absl::Seconds(3)});
  EXPECT_EQ(scheduler_->next_expiry(), absl::InfiniteFuture());
  Add("f");
  now_ += absl::Seconds(1);
  Add("f");
  EXPECT_EQ(scheduler_->next_expiry(), now_ + absl::Seconds(2));
  now_ += absl::Seconds(2) - absl::Nanoseconds(1);
  EXPECT_TRUE(scheduler_->TakeExpired(now_).empty());
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(scheduler_->TakeExpired(now_), std::vector<uint64_t>{1});
  EXPECT_EQ(Take(), 2);
  EXPECT_EQ(scheduler_->next_expiry(), absl::InfiniteFuture());
}

TEST_F(SchedulerTest, OneThatComesBackIsFirstAndAsOldAsItIs) {
  Limit("f", {.max_active = 1, .max_waiting = 9, .max_wait = absl::Seconds(3)});
  Add("f"), Add("f");
  EXPECT_EQ(Take(), 1);
  now_ += absl::Seconds(1);
  scheduler_->Return(1, now_);
  EXPECT_EQ(scheduler_->active(), 0);
  EXPECT_EQ(scheduler_->next_expiry(), absl::UnixEpoch() + absl::Seconds(3));
  EXPECT_EQ(Take(), 1);
}

TEST_F(SchedulerTest, ABurstIsLetInWhole) {
  Limit("f");
  for (int i = 0; i < 1000; ++i) EXPECT_GT(Add("f"), 0);
  EXPECT_EQ(Add("f"), -internal::v1::Reject::REASON_QUEUE_FULL);
}

// For half a minute, ten times as many connections come as are served: 1,000 a
// second come, and one is served every 10 ms.
TEST_F(SchedulerTest, AnOverloadIsServedAtFullRateAndLeavesAShortQueue) {
  Use({.max_active = 1,
       .max_waiting = 5000,
       .overload_after = absl::Seconds(2),
       .overload_wait = absl::Seconds(1)});
  Limit("f",
        {.max_active = 1, .max_waiting = 500, .max_wait = absl::Seconds(30)});
  std::map<uint64_t, absl::Time> since;
  int served = 0, refused = 0;
  absl::Duration longest;
  int64_t active = 0;
  for (int ms = 0; ms < 30000; ++ms, now_ += absl::Milliseconds(1)) {
    if (const int64_t id = Add("f"); id > 0) {
      since[id] = now_;
    } else {
      ++refused;
    }
    if (ms % 10 != 0) continue;
    if (active != 0) scheduler_->Remove(active, now_);
    active = Take();
    ASSERT_NE(active, 0);
    ++served;
    // By then the first queue, which was let in as a burst, is gone.
    if (ms > 10000) longest = std::max(longest, now_ - since[active]);
  }
  EXPECT_EQ(served, 3000);
  EXPECT_GT(refused, 26000);
  EXPECT_LE(longest, absl::Seconds(1.1));
  EXPECT_GT(longest, absl::Seconds(0.5));
  EXPECT_LE(scheduler_->waiting(), 101);
}

TEST_F(SchedulerTest, AFunctionThatIsGoneIsForgottenWithItsLastConnection) {
  Limit("f", {.max_active = 1, .max_waiting = 9});
  Add("f"), Add("f");
  Take();
  scheduler_->Forget("f");
  EXPECT_EQ(Take(), 2) << "it is to be turned away, whatever the limit";
  scheduler_->Remove(1, now_);
  scheduler_->Remove(2, now_);
  // Its limits are gone, too.
  EXPECT_EQ(Add("f"), -internal::v1::Reject::REASON_QUEUE_FULL);
}

// Compares the scheduler with a model that only counts.
TEST_F(SchedulerTest, RandomOperationsKeepTheCounts) {
  Use({.max_active = 5,
       .max_waiting = 30,
       .max_per_client = 12,
       .overload_after = absl::Hours(1)});
  const std::vector<std::string> names = {"f", "g", "h"};
  for (const std::string& name : names) {
    Limit(name,
          {.max_active = 3, .max_waiting = 12, .max_wait = absl::Seconds(5)});
  }
  struct Model {
    std::string function;
    bool active;
  };
  std::map<uint64_t, Model> model;
  std::mt19937 random(11);
  const auto any = [&] {
    auto it = model.begin();
    std::advance(it, random() % model.size());
    return it;
  };
  for (int i = 0; i < 20000; ++i) {
    now_ += absl::Milliseconds(random() % 100);
    const std::string& name = names[random() % 3];
    switch (random() % 5) {
      case 0:
      case 1:
        if (const int64_t id = Add(name, absl::StrCat(random() % 3)); id > 0) {
          model[id] = {name, false};
        }
        break;
      case 2:
        if (const int64_t id = Take(); id != 0) {
          ASSERT_FALSE(model.at(id).active);
          model[id].active = true;
        }
        break;
      case 3:
        if (model.empty()) break;
        if (const auto it = any(); it->second.active && random() % 4 == 0) {
          scheduler_->Return(it->first, now_);
          it->second.active = false;
        } else {
          scheduler_->Remove(it->first, now_);
          model.erase(it);
        }
        break;
      default:
        for (const uint64_t id : scheduler_->TakeExpired(now_)) {
          ASSERT_FALSE(model.at(id).active);
          model.erase(id);
        }
    }
    std::map<std::string, std::pair<size_t, size_t>> counts;
    size_t active = 0;
    for (const auto& [id, connection] : model) {
      auto& [of_waiting, of_active] = counts[connection.function];
      ++(connection.active ? of_active : of_waiting);
      active += connection.active ? 1 : 0;
    }
    ASSERT_EQ(scheduler_->active(), active);
    ASSERT_LE(active, 5);
    ASSERT_EQ(scheduler_->waiting(), model.size() - active);
    for (const std::string& each : names) {
      ASSERT_EQ(scheduler_->waiting(each), counts[each].first);
      ASSERT_EQ(scheduler_->active(each), counts[each].second);
      ASSERT_LE(counts[each].second, 3);
    }
  }
  while (!model.empty()) {
    scheduler_->Remove(model.begin()->first, now_);
    model.erase(model.begin());
  }
  // No connection counts for a client any more either.
  for (int i = 0; i < 12; ++i) EXPECT_GT(Add(names[i % 3], "0"), 0);
}

}  // namespace
}  // namespace faas::runnerd
