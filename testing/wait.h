#ifndef FAAS_TESTING_WAIT_H_
#define FAAS_TESTING_WAIT_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace faas::testing {

// How long tests wait for what should happen soon. It is long because the
// machine may be loaded: only a test that fails waits for all of it.
inline constexpr absl::Duration kSoon = absl::Seconds(20);

// Looks at `condition` every few milliseconds until it holds. Returns false at
// the deadline. Use it only where there is nothing else to wait for.
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
