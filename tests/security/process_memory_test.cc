#include "tests/security/process_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace faas::testing {
namespace {

constexpr int64_t kBytes = int64_t{100} << 20;

void UseAndFree() {
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 1, kBytes);
  munmap(memory, kBytes);
}

TEST(MemoryWatchTest, PeakOfWhatWasFreedAgainShows) {
  const auto watch = MemoryWatch::Begin(getpid());
  ASSERT_TRUE(watch.ok()) << watch.status();
  UseAndFree();
  EXPECT_GT(*watch->PeakGrowth(), kBytes * 9 / 10);
}

TEST(MemoryWatchTest, PeakBeforeTheBeginningDoesNot) {
  UseAndFree();
  const auto watch = MemoryWatch::Begin(getpid());
  ASSERT_TRUE(watch.ok()) << watch.status();
  EXPECT_LT(*watch->PeakGrowth(), kBytes / 10);
}

TEST(MemoryWatchTest, ProcessThatHasEndedIsAnError) {
  // This is larger than any process id.
  EXPECT_FALSE(MemoryWatch::Begin(0x7fffffff).ok());
}

}  // namespace
}  // namespace faas::testing
