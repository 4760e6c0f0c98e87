#include "tests/benchmark/cpu_time.h"

#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"

namespace faas::benchmark {
namespace {

constexpr size_t kMaxStatBytes = 4096;
// Indices of fields after the ")" of the command. proc(5) counts fields from 1,
// and the first one after the ")" is 3.
constexpr size_t kCutime = 16 - 3;
constexpr size_t kCstime = 17 - 3;

}  // namespace

absl::Duration CpuTimeOf(pid_t pid) {
  clockid_t clock;
  timespec used;
  if (clock_getcpuclockid(pid, &clock) != 0 ||
      clock_gettime(clock, &used) != 0) {
    return absl::ZeroDuration();
  }
  return absl::DurationFromTimespec(used);
}

absl::Duration CpuTimeOfChildren(pid_t pid) {
  const auto stat =
      fs::ReadFile(absl::StrCat("/proc/", pid, "/stat"), kMaxStatBytes);
  if (!stat.ok()) return absl::ZeroDuration();
  const size_t command_end = stat->rfind(") ");
  if (command_end == std::string::npos) return absl::ZeroDuration();
  const std::vector<std::string> fields =
      absl::StrSplit(stat->substr(command_end + 2), ' ');
  int64_t user_ticks, system_ticks;
  if (fields.size() <= kCstime ||
      !absl::SimpleAtoi(fields[kCutime], &user_ticks) ||
      !absl::SimpleAtoi(fields[kCstime], &system_ticks)) {
    return absl::ZeroDuration();
  }
  return absl::Seconds(1) * (user_ticks + system_ticks) / sysconf(_SC_CLK_TCK);
}

}  // namespace faas::benchmark
