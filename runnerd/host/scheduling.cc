#include "runnerd/host/scheduling.h"

#include <sched.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxChildrenBytes = 1 << 20;
// An idle thread may start another one after its children were read and before
// its policy was changed. The next round finds that one.
constexpr int kMaxRounds = 8;

void SetPolicy(pid_t thread, int policy) {
  const sched_param parameters = {};
  sched_setscheduler(thread, policy, &parameters);
}

// Makes the threads of `pid` and of its descendants normal. Returns whether any
// of them was idle.
bool MakeNormal(pid_t pid) {
  bool found = false;
  std::error_code error;
  std::filesystem::directory_iterator it(absl::StrCat("/proc/", pid, "/task"),
                                         error);
  for (; !error && it != std::filesystem::directory_iterator();
       it.increment(error)) {
    pid_t thread;
    if (!absl::SimpleAtoi(it->path().filename().string(), &thread)) continue;
    found |= SetThreadsNormal({thread});
    const auto children =
        fs::ReadFile(it->path().string() + "/children", kMaxChildrenBytes);
    if (!children.ok()) continue;
    for (absl::string_view word : absl::StrSplit(*children, ' ')) {
      pid_t child;
      if (absl::SimpleAtoi(word, &child)) found |= MakeNormal(child);
    }
  }
  return found;
}

}  // namespace

bool SetThreadsNormal(const std::vector<pid_t>& threads) {
  bool found = false;
  for (const pid_t thread : threads) {
    if (sched_getscheduler(thread) != SCHED_IDLE) continue;
    SetPolicy(thread, SCHED_OTHER);
    found = true;
  }
  return found;
}

void SetIdle(pid_t pid) { SetPolicy(pid, SCHED_IDLE); }

void SetNormal(pid_t pid) {
  for (int i = 0; i < kMaxRounds && MakeNormal(pid); ++i) {
  }
}

}  // namespace faas::runnerd
