#ifndef FAAS_TESTING_WAIT_H_
#define FAAS_TESTING_WAIT_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace faas::testing {

// How long a test waits for something that must happen. It is far longer than
// any machine needs, so that a slow or busy one does not fail a test; only a
// test that fails waits for so long.
inline constexpr absl::Duration kSoon = absl::Minutes(2);

// Calls `condition` every few milliseconds until it returns true, and returns
// whether it did so before the deadline. Use it where nothing can be awaited.
template <typename Condition>
bool WaitUntil(Condition condition, absl::Duration timeout = kSoon) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!condition()) {
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

}  // namespace faas::testing

#endif  // FAAS_TESTING_WAIT_H_
