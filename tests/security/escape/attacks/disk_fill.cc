// disk-fill SECONDS fills /tmp and /dev/shm over and over.

#include <fcntl.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

// The bound where nothing else bounds it.
constexpr size_t kMostBytes = size_t{1} << 30;

void Fill(const std::string& path, const Deadline& deadline) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return;
  const std::string chunk(1 << 20, 'x');
  for (size_t written = 0; written < kMostBytes && !deadline.HasPassed();) {
    const ssize_t size = write(fd, chunk.data(), chunk.size());
    if (size < 0) break;
    written += size;
  }
  close(fd);
}

}  // namespace

void DiskFill(Attempt* attempt) {
  const Deadline deadline(attempt->Argument(0));
  int rounds = 0;
  while (!deadline.HasPassed()) {
    for (const char* path : {"/tmp/full", "/dev/shm/full"}) {
      Fill(path, deadline);
    }
    ++rounds;
  }
  attempt->Tell("rounds", std::to_string(rounds));
}

}  // namespace faas::escape
