#include "tests/faults/strace.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "testing/command.h"

namespace faas::testing {
namespace {

std::vector<std::string> Command(pid_t pid, const Disturbance& disturbance) {
  std::vector<std::string> argv = {
      "strace", "-f",
      "-p",     absl::StrCat(pid),
      "-e",     absl::StrCat("trace=", disturbance.calls),
      "-e",     "signal=none"};
  if (!disturbance.effect.empty()) {
    argv.insert(argv.end(), {"-e", absl::StrCat("inject=", disturbance.calls,
                                                ":", disturbance.effect)});
  }
  for (const std::string& path : disturbance.paths) {
    argv.insert(argv.end(), {"-P", path});
  }
  return argv;
}

}  // namespace

std::string Strace::Unusable() {
  const CommandResult tried =
      RunCommand({"strace", "-f", "-e", "inject=getpid:error=EIO", "-o",
                  "/dev/null", "true"});
  return tried.exit_code == 0 ? "" : absl::StrCat("no strace: ", tried.err);
}

absl::StatusOr<std::unique_ptr<Strace>> Strace::Attach(
    pid_t pid, const Disturbance& disturbance) {
  auto result = absl::WrapUnique(new Strace);
  ASSIGN_OR_RETURN(result->strace_,
                   Daemon::Start(Command(pid, disturbance), &result->log_));
  if (!result->log_.WaitFor("^strace: Process [0-9]+ attached")) {
    return absl::UnavailableError(
        absl::StrCat("strace did not attach: ", result->log_.Text()));
  }
  return result;
}

std::string Strace::Detach() {
  strace_->Stop();
  return log_.Text();
}

std::map<std::string, int> MostCallsOfAThread(const std::string& calls) {
  // strace prints the thread's number as soon as there are two threads.
  static const std::regex kCall("^(?:\\[pid +([0-9]+)\\] )?([a-z0-9_]+)\\(.*");
  std::map<std::string, std::map<std::string, int>> by_call_and_thread;
  std::istringstream lines(calls);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, kCall)) continue;
    ++by_call_and_thread[match[2]][match[1]];
  }
  std::map<std::string, int> most;
  for (const auto& [call, by_thread] : by_call_and_thread) {
    for (const auto& [thread, count] : by_thread) {
      most[call] = std::max(most[call], count);
    }
  }
  return most;
}

}  // namespace faas::testing
