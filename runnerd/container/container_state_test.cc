#include "runnerd/container/container_state.h"

#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using State = ContainerState::State;

constexpr State kStates[] = {
    State::kNew,     State::kSpawning, State::kStarting, State::kAwaiting,
    State::kRunning, State::kEnded,    State::kCleaning, State::kGone};

// The states that a container can reach from `from` in any number of steps.
std::set<State> ReachableFrom(State from) {
  std::set<State> reached = {from};
  std::vector<State> open = {from};
  while (!open.empty()) {
    const State state = open.back();
    open.pop_back();
    for (const State next : kStates) {
      if (ContainerState::IsLegal(state, next) && reached.insert(next).second) {
        open.push_back(next);
      }
    }
  }
  return reached;
}

void Walk(const std::vector<State>& path) {
  ContainerState container;
  EXPECT_EQ(container.state(), State::kNew);
  for (const State next : path) {
    ASSERT_TRUE(ContainerState::IsLegal(container.state(), next))
        << static_cast<int>(container.state()) << " to "
        << static_cast<int>(next);
    container.Enter(next);
    EXPECT_EQ(container.state(), next);
  }
}

TEST(ContainerStateTest, AConnectionsContainerRunsToItsEnd) {
  Walk({State::kStarting, State::kAwaiting, State::kRunning, State::kEnded,
        State::kCleaning, State::kGone});
}

TEST(ContainerStateTest, AWarmContainerIsSpawnedFirst) {
  Walk({State::kSpawning, State::kStarting, State::kAwaiting, State::kRunning,
        State::kEnded, State::kCleaning, State::kGone});
}

TEST(ContainerStateTest, AContainerOfAPreviousRunGoesOnOrIsRemoved) {
  Walk({State::kRunning, State::kEnded, State::kCleaning, State::kGone});
  Walk({State::kEnded, State::kCleaning, State::kGone});
}

TEST(ContainerStateTest, EachStepOfAStartCanFail) {
  Walk({State::kSpawning, State::kEnded});
  Walk({State::kStarting, State::kEnded});
  Walk({State::kStarting, State::kAwaiting, State::kEnded});
}

TEST(ContainerStateTest, ARemovalIsTriedAgain) {
  Walk({State::kEnded, State::kCleaning, State::kEnded, State::kCleaning,
        State::kEnded, State::kCleaning, State::kGone});
}

TEST(ContainerStateTest, ExactlyThesePairsAreLegal) {
  const std::set<std::pair<State, State>> legal = {
      {State::kNew, State::kSpawning},      {State::kNew, State::kStarting},
      {State::kNew, State::kRunning},       {State::kNew, State::kEnded},
      {State::kSpawning, State::kStarting}, {State::kSpawning, State::kEnded},
      {State::kStarting, State::kAwaiting}, {State::kStarting, State::kEnded},
      {State::kAwaiting, State::kRunning},  {State::kAwaiting, State::kEnded},
      {State::kRunning, State::kEnded},     {State::kEnded, State::kCleaning},
      {State::kCleaning, State::kEnded},    {State::kCleaning, State::kGone}};
  for (const State from : kStates) {
    for (const State to : kStates) {
      EXPECT_EQ(ContainerState::IsLegal(from, to), legal.count({from, to}) > 0)
          << static_cast<int>(from) << " to " << static_cast<int>(to);
    }
  }
}

TEST(ContainerStateTest, EveryStateIsReachedAndNoneIsADeadEndButGone) {
  EXPECT_EQ(ReachableFrom(State::kNew),
            std::set<State>(std::begin(kStates), std::end(kStates)));
  for (const State state : kStates) {
    EXPECT_EQ(ReachableFrom(state).count(State::kGone), 1)
        << static_cast<int>(state);
  }
  EXPECT_EQ(ReachableFrom(State::kGone), std::set<State>{State::kGone});
}

TEST(ContainerStateTest, NothingRunsAgainAfterItsEnd) {
  const std::set<State> after = {State::kEnded, State::kCleaning, State::kGone};
  EXPECT_EQ(ReachableFrom(State::kEnded), after);
}

TEST(ContainerStateDeathTest, AnIllegalStepAborts) {
  ContainerState container;
  EXPECT_DEATH(container.Enter(State::kGone), "");
}

}  // namespace
}  // namespace faas::runnerd
