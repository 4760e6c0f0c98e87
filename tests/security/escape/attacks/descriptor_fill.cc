// descriptor-fill SECONDS opens all descriptors that many processes may have.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

constexpr int kProcesses = 200;
// How many of each process, where nothing else bounds them.
constexpr int kMostDescriptors = 4096;

std::string Fill() {
  for (int i = 0; i < kMostDescriptors; ++i) {
    // The files are different ones.
    const std::string path = "/tmp/open-" + std::to_string(i % 64);
    if (open(path.c_str(), O_RDWR | O_CREAT, 0600) < 0) {
      return strerrorname_np(errno);
    }
  }
  return "OK";
}

}  // namespace

void DescriptorFill(Attempt* attempt) {
  const Deadline deadline(attempt->Argument(0));
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    Fill();
    while (!deadline.HasPassed()) SleepMilliseconds(50);
    _exit(0);
  }
  attempt->Tell("one process", Fill());
  while (!deadline.HasPassed()) SleepMilliseconds(50);
}

}  // namespace faas::escape
