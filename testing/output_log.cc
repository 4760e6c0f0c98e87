#include "testing/output_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <regex>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace faas::testing {
namespace {

// Returns the first of `regexes` for which there is no line after those of its
// predecessors.
std::string FirstMissing(const std::string& text,
                         const std::vector<std::string>& regexes) {
  size_t next = 0;
  std::regex expected;
  for (const auto& line : absl::StrSplit(text, '\n')) {
    if (next == regexes.size()) break;
    expected.assign(regexes[next]);
    if (std::regex_search(line.begin(), line.end(), expected)) ++next;
  }
  return next == regexes.size() ? "" : regexes[next];
}

}  // namespace

OutputLog::OutputLog() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    std::perror("pipe2");
    std::abort();
  }
  write_fd_.reset(fds[1]);
  reader_ = std::thread([this, fd = fds[0]] { Read(base::UniqueFd(fd)); });
}

OutputLog::~OutputLog() {
  write_fd_.reset();
  reader_.join();
}

void OutputLog::Read(base::UniqueFd fd) {
  char buffer[65536];
  while (true) {
    const ssize_t size = read(fd.get(), buffer, sizeof(buffer));
    if (size == 0 || (size < 0 && errno != EINTR)) return;
    if (size < 0) continue;
    absl::MutexLock lock(&mutex_);
    text_.append(buffer, size);
  }
}

std::string OutputLog::Text() const { return TextFrom(0); }

std::string OutputLog::TextFrom(size_t offset) const {
  absl::MutexLock lock(&mutex_);
  return text_.substr(std::min(offset, text_.size()));
}

size_t OutputLog::Size() const {
  absl::MutexLock lock(&mutex_);
  return text_.size();
}

bool OutputLog::WaitFor(const std::string& regex, absl::Duration timeout,
                        size_t offset) const {
  return WaitForSequence({regex}, timeout, offset).empty();
}

std::string OutputLog::WaitForSequence(const std::vector<std::string>& regexes,
                                       absl::Duration timeout,
                                       size_t offset) const {
  const absl::Time deadline = absl::Now() + timeout;
  size_t seen = offset;
  while (true) {
    const std::string missing = FirstMissing(TextFrom(offset), regexes);
    if (missing.empty()) return "";
    absl::MutexLock lock(&mutex_);
    const auto has_grown = [this, &seen]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return text_.size() > seen;
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&has_grown), deadline)) {
      return missing;
    }
    seen = text_.size();
  }
}

}  // namespace faas::testing
