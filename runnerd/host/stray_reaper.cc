#include "runnerd/host/stray_reaper.h"

#include <sys/wait.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxChildListBytes = 1 << 20;

bool HasEnded(pid_t pid) {
  siginfo_t info = {};
  return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

}  // namespace

std::vector<pid_t> Children() {
  std::vector<pid_t> pids;
  std::error_code error;
  // A child belongs to the thread that started or inherited it.
  std::filesystem::directory_iterator it("/proc/self/task", error);
  for (; !error && it != std::filesystem::directory_iterator();
       it.increment(error)) {
    const auto text =
        fs::ReadFile(it->path().string() + "/children", kMaxChildListBytes);
    if (!text.ok()) continue;
    for (absl::string_view word : absl::StrSplit(*text, ' ')) {
      pid_t pid;
      if (absl::SimpleAtoi(word, &pid)) pids.push_back(pid);
    }
  }
  return pids;
}

void StrayReaper::Reap(const std::set<pid_t>& owned) {
  std::set<pid_t> seen;
  for (const pid_t pid : Children()) {
    if (owned.count(pid) > 0 || !HasEnded(pid)) continue;
    if (suspects_.count(pid) > 0) {
      waitpid(pid, nullptr, WNOHANG);
    } else {
      seen.insert(pid);
    }
  }
  suspects_ = std::move(seen);
}

}  // namespace faas::runnerd
