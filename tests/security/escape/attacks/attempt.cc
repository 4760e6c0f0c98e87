#include "tests/security/escape/attacks/attempt.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

namespace faas::escape {
namespace {

std::string ErrnoName(int number) {
  if (number == kEmpty) return "EMPTY";
  const char* const name = strerrorname_np(number);
  return name != nullptr ? name : "errno " + std::to_string(number);
}

std::string Outcome(int status) {
  if (WIFSIGNALED(status)) {
    const char* const name = sigabbrev_np(WTERMSIG(status));
    return std::string("SIG") + (name != nullptr ? name : "?");
  }
  const int code = WEXITSTATUS(status);
  return code == 0 ? "OK" : ErrnoName(code);
}

}  // namespace

Attempt::Attempt(std::string attack, std::vector<std::string> arguments,
                 int connection, int control)
    : attack_(std::move(attack)),
      arguments_(std::move(arguments)),
      connection_(connection),
      control_(control) {}

void Attempt::Try(const std::string& what, const std::function<long()>& step) {
  const pid_t child = fork();
  if (child < 0) {
    AddLine(what + ": fork " + ErrnoName(errno));
    return;
  }
  if (child == 0) {
    errno = 0;
    const long result = step();
    // An errno of 0 is no success: the step failed in its own way.
    if (result < 0 && errno == 0) errno = EINVAL;
    _exit(result < 0 ? errno : 0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  AddLine(what + ": " + Outcome(status));
}

void Attempt::Tell(const std::string& what, const std::string& value) {
  AddLine(what + " = " + value);
}

void Attempt::AddLine(const std::string& line) {
  ++count_;
  lines_ += attack_ + ": " + line + "\n";
}

std::string Attempt::Report() const {
  return lines_ + attack_ + ": end: " + std::to_string(count_) + "\n";
}

std::string Attempt::Argument(size_t index) const {
  return index < arguments_.size() ? arguments_[index] : "";
}

long ReadSome(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  char bytes[64];
  const ssize_t size = read(fd, bytes, sizeof(bytes));
  if (size == 0) {
    errno = kEmpty;
    return -1;
  }
  return size;
}

long OpenForWriting(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

std::string Content(const std::string& path) {
  std::string content;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return content;
  char bytes[4096];
  for (ssize_t size; (size = read(fd, bytes, sizeof(bytes))) > 0;) {
    content.append(bytes, size);
  }
  close(fd);
  return content;
}

std::string StatusField(const std::string& name) {
  std::istringstream lines(Content("/proc/self/status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, name.size() + 2, name + ":\t") == 0) {
      return line.substr(name.size() + 2);
    }
  }
  return "";
}

std::vector<std::string> Entries(const std::string& directory) {
  std::vector<std::string> names;
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return names;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace faas::escape
