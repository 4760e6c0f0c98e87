#include "runnerd/container/container_state.h"

#include <cstdlib>

namespace faas::runnerd {

bool ContainerState::IsLegal(State from, State to) {
  switch (from) {
    case State::kNew:
      // A container that a previous run has left is in one of the last two.
      return to == State::kSpawning || to == State::kStarting ||
             to == State::kRunning || to == State::kEnded;
    case State::kSpawning:
      return to == State::kStarting || to == State::kEnded;
    case State::kStarting:
      return to == State::kAwaiting || to == State::kEnded;
    case State::kAwaiting:
      return to == State::kRunning || to == State::kEnded;
    case State::kRunning:
      return to == State::kEnded;
    case State::kEnded:
      return to == State::kCleaning;
    case State::kCleaning:
      // Back to kEnded when a process was still in a cgroup.
      return to == State::kEnded || to == State::kGone;
    case State::kGone:
      return false;
  }
  return false;
}

void ContainerState::Enter(State state) {
  if (!IsLegal(state_, state)) std::abort();
  state_ = state;
}

}  // namespace faas::runnerd
