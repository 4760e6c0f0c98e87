// host-files PATH...: files of the host, by all ways that lead up.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {

void HostFiles(Attempt* attempt) {
  constexpr const char* kWays[] = {
      "",
      "/proc/1/root",
      "/proc/self/root/../../..",
      "/proc/1/cwd/../../../../../..",
      "/proc/self/cwd/../../../../../..",
      "/tmp/../../..",
      "/dev/../../..",
      "/proc/self/fd/0/../../..",
      "/proc/1/task/1/root/../..",
  };
  for (const std::string& path : attempt->arguments()) {
    for (const char* way : kWays) {
      attempt->Try(way + path, [&path, way] {
        // Also what cannot be opened, as a socket, is found.
        struct stat status;
        return stat((way + path).c_str(), &status);
      });
    }
  }
}

}  // namespace faas::escape
