// host-files PATH... opens files of the host, by all ways that lead up.

#include <sys/stat.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// Leads above everything. Too many do no harm, and these are more than any
// directory is deep.
constexpr char kUp[] =
    "/../../../../../../../../../../../../../../../../../../../../../../../..";

// Places that can be above the container's own root if it is not confined.
constexpr const char* kUpFrom[] = {
    "/proc/self/root",     "/proc/1/cwd", "/proc/self/cwd", "/tmp", "/dev",
    "/proc/1/task/1/root",
};

// Finds also what cannot be opened, such as a socket.
long Find(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status);
}

}  // namespace

void HostFiles(Attempt* attempt) {
  for (const std::string& path : attempt->arguments()) {
    for (const std::string root : {"", "/proc/1/root"}) {
      attempt->Try(root + path, [&] { return Find(root + path); });
    }
    for (const std::string from : kUpFrom) {
      attempt->Try(from + "/..." + path,
                   [&] { return Find(from + kUp + path); });
    }
  }
}

}  // namespace faas::escape
