#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace faas::escape {

// Until when an attack that exhausts something goes on: it ends by itself, so
// that it is bounded even where nothing else bounds it.
class Deadline {
 public:
  // As many seconds from now as `seconds` says, 1 to 30.
  explicit Deadline(const std::string& seconds)
      : end_(Now() + std::clamp(atoi(seconds.c_str()), 1, 30)) {}

  bool HasPassed() const { return Now() >= end_; }

 private:
  static double Now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
  }

  double end_;
};

inline void SleepMilliseconds(long milliseconds) {
  const timespec time = {milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  nanosleep(&time, nullptr);
}

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_DEADLINE_H_
