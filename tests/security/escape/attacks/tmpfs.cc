// tmpfs tells what the places that can be written to allow, and how much of it.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// This is more than any platform should give.
constexpr int kMostFiles = 100'000;
constexpr long kMostBytes = 256L << 20;

// Makes empty files until there can be no more. OK means that there were
// kMostFiles.
long FillWithFiles(const std::string& directory) {
  long result = 0;
  int count = 0;
  int error = 0;
  for (; count < kMostFiles && result >= 0; ++count) {
    const std::string path = directory + "/" + std::to_string(count);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0) {
      result = -1;
      error = errno;
    } else {
      close(fd);
    }
  }
  for (int i = 0; i < count; ++i) {
    unlink((directory + "/" + std::to_string(i)).c_str());
  }
  errno = error;
  return result;
}

long FillWithBytes(const std::string& directory) {
  const std::string path = directory + "/big";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  const std::string chunk(1 << 20, 'x');
  long written = 0;
  int error = 0;
  while (written < kMostBytes) {
    const ssize_t size = write(fd, chunk.data(), chunk.size());
    if (size < 0) {
      error = errno;
      break;
    }
    written += size;
  }
  unlink(path.c_str());
  errno = error;
  return error == 0 ? 0 : -1;
}

}  // namespace

void Tmpfs(Attempt* attempt) {
  for (const char* directory : {"/tmp", "/dev/shm"}) {
    const std::string in = std::string(directory) + " ";
    struct statvfs status = {};
    statvfs(directory, &status);
    attempt->Tell(in + "nosuid", status.f_flag & ST_NOSUID ? "yes" : "no");
    attempt->Tell(in + "nodev", status.f_flag & ST_NODEV ? "yes" : "no");
    attempt->Tell(in + "bytes",
                  std::to_string(status.f_blocks * status.f_frsize));
    attempt->Tell(in + "files", std::to_string(status.f_files));
    attempt->Try(in + "filled with bytes",
                 [directory] { return FillWithBytes(directory); });
    attempt->Try(in + "filled with files",
                 [directory] { return FillWithFiles(directory); });
  }
  struct statvfs dev = {};
  statvfs("/dev", &dev);
  attempt->Tell("/dev bytes", std::to_string(dev.f_blocks * dev.f_frsize));
  attempt->Tell("/dev files", std::to_string(dev.f_files));
}

}  // namespace faas::escape
