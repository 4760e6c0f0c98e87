// cpu-spin SECONDS runs many threads that do nothing, as fast as they can.

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6;
}

void* Spin(void* deadline) {
  while (!static_cast<const Deadline*>(deadline)->HasPassed()) {
  }
  return nullptr;
}

}  // namespace

void CpuSpin(Attempt* attempt) {
  constexpr int kThreads = 64;
  const double begin = MonotonicSeconds();
  Deadline deadline(attempt->Argument(0));
  pthread_t threads[kThreads];
  int started = 0;
  for (; started < kThreads; ++started) {
    if (pthread_create(&threads[started], nullptr, Spin, &deadline) != 0) break;
  }
  for (int i = 0; i < started; ++i) pthread_join(threads[i], nullptr);
  attempt->Tell("threads", std::to_string(started));
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  // In hundredths of one processor.
  attempt->Tell("processors",
                std::to_string(static_cast<int>(100 * Seconds(usage.ru_utime) /
                                                (MonotonicSeconds() - begin))));
}

}  // namespace faas::escape
