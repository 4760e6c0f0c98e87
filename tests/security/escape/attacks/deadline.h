#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace faas::escape {

// Returns the time of a clock that only goes forward, in seconds.
inline double MonotonicSeconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

// A Deadline is the time at which an attack that exhausts something ends by
// itself, so that it is bounded even where nothing else bounds it.
class Deadline {
 public:
  // Passes as many seconds from now as `seconds` says, which is 1 to 60.
  explicit Deadline(const std::string& seconds)
      : end_(MonotonicSeconds() + std::clamp(atoi(seconds.c_str()), 1, 60)) {}

  bool HasPassed() const { return MonotonicSeconds() >= end_; }

 private:
  double end_;
};

inline void SleepMilliseconds(long milliseconds) {
  const timespec time = {milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  nanosleep(&time, nullptr);
}

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_
