#include "tests/security/process_memory.h"

#include <fcntl.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

// Returns the bytes in a line like "VmRSS:     1234 kB" of /proc/PID/status.
absl::StatusOr<int64_t> StatusBytes(pid_t pid, absl::string_view key) {
  ASSIGN_OR_RETURN(
      const std::string status,
      fs::ReadFile(absl::StrCat("/proc/", pid, "/status"), size_t{1} << 20));
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat(key, ":"))) continue;
    absl::ConsumeSuffix(&line, "kB");
    int64_t kibibytes;
    if (absl::SimpleAtoi(absl::StripAsciiWhitespace(line), &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return absl::NotFoundError(absl::StrCat("process ", pid, " has no ", key));
}

}  // namespace

absl::StatusOr<MemoryWatch> MemoryWatch::Begin(pid_t pid) {
  // Writing "5" sets the peak to what is resident now.
  ASSIGN_OR_RETURN(
      const base::UniqueFd fd,
      fs::Open(absl::StrCat("/proc/", pid, "/clear_refs"), O_WRONLY));
  RETURN_IF_ERROR(fs::WriteFd(fd.get(), "5"));
  ASSIGN_OR_RETURN(const int64_t bytes, StatusBytes(pid, "VmRSS"));
  return MemoryWatch(pid, bytes);
}

absl::StatusOr<int64_t> MemoryWatch::PeakGrowth() const {
  ASSIGN_OR_RETURN(const int64_t peak, StatusBytes(pid_, "VmHWM"));
  return peak - begin_bytes_;
}

}  // namespace faas::testing
