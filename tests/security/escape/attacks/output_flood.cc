// output-flood SECONDS writes 200 MB to standard output, and as many to
// standard error.

#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {

void OutputFlood(Attempt* attempt) {
  constexpr size_t kBytes = 200'000'000;
  const Deadline deadline(attempt->Argument(0));
  std::string line(119, 'o');
  line += "\n";
  std::string chunk;
  while (chunk.size() < 60'000) chunk += line;
  for (const int output : {1, 2}) {
    size_t written = 0;
    while (written < kBytes && !deadline.HasPassed()) {
      const ssize_t size = write(output, chunk.data(), chunk.size());
      if (size < 0) break;
      written += size;
    }
    attempt->Tell("bytes to " + std::to_string(output),
                  written >= kBytes ? "all" : std::to_string(written));
  }
}

}  // namespace faas::escape
