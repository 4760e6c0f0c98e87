// descriptors: what this process has open, and what each is.

#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

std::string Target(const std::string& link) {
  char target[256];
  const ssize_t size = readlink(link.c_str(), target, sizeof(target));
  return size < 0 ? "" : std::string(target, size);
}

}  // namespace

void Descriptors(Attempt* attempt) {
  for (const std::string& number : Entries("/proc/self/fd")) {
    const std::string target = Target("/proc/self/fd/" + number);
    // The one that lists them is closed again.
    if (target.empty()) continue;
    // "socket:[123]" is "socket".
    attempt->Tell(number, target.substr(0, target.find(':')));
  }
}

}  // namespace faas::escape
