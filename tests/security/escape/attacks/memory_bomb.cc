// memory-bomb SECONDS starts children that take memory until they are killed,
// one after the other, while the first process takes none. It tells "survived"
// if a child was killed and this process was not.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

constexpr size_t kChunkBytes = 16 << 20;
// The bound where nothing else bounds it.
constexpr size_t kMostChunks = 64;

[[noreturn]] void TakeMemory() {
  for (size_t i = 0; i < kMostChunks; ++i) {
    void* const chunk = mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk != MAP_FAILED) memset(chunk, 1, kChunkBytes);
  }
  _exit(0);
}

}  // namespace

void MemoryBomb(Attempt* attempt) {
  const Deadline deadline(attempt->Argument(0));
  int killed = 0;
  while (!deadline.HasPassed()) {
    const pid_t child = fork();
    if (child == 0) TakeMemory();
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) continue;
    ++killed;
    // The container will end as soon as whoever ends it has seen this.
    while (killed == 3 && !deadline.HasPassed()) SleepMilliseconds(10);
  }
  attempt->Tell("killed children", std::to_string(killed));
  attempt->Tell("survived", killed > 0 ? "yes" : "no child was killed");
}

}  // namespace faas::escape
