#include "tests/benchmark/memory.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"

namespace faas::benchmark {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

// Returns the sum of the lines "Name:  123 kB" that have one of `names`.
uint64_t Sum(const std::string& path,
             std::initializer_list<absl::string_view> names) {
  const auto text = fs::ReadFile(path, kMaxBytes);
  if (!text.ok()) return 0;
  uint64_t sum = 0;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    for (absl::string_view name : names) {
      if (!absl::StartsWith(line, name)) continue;
      const std::vector<absl::string_view> words =
          absl::StrSplit(line, ' ', absl::SkipEmpty());
      uint64_t kibibytes;
      if (words.size() >= 2 && absl::SimpleAtoi(words[1], &kibibytes)) {
        sum += kibibytes << 10;
      }
    }
  }
  return sum;
}

}  // namespace

uint64_t PssBytes(pid_t pid) {
  return Sum(absl::StrCat("/proc/", pid, "/smaps_rollup"), {"Pss:"});
}

uint64_t KernelBytes() {
  return Sum("/proc/meminfo", {"Slab:", "PageTables:", "KernelStack:"});
}

}  // namespace faas::benchmark
