#include "testing/platform.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/health.h"
#include "testing/private_host.h"
#include "testing/runfile.h"

namespace faas::testing {
namespace {

constexpr const char* kDaemons[] = {"registryd", "gatewayd", "runnerd"};

// Deadlines of the daemons for tests that are about something else. gatewayd
// waits longer for runnerd than runnerd for a place and a container together.
constexpr const char kGatewaydDeadlines[] = "--handoff_timeout=5m";
constexpr const char* kRunnerdDeadlines[] = {
    "--queue_timeout=2m", "--overload_after=2m", "--start_timeout=1m",
    "--runtime_timeout=30s"};

// Returns the lines of `a` that `b` does not have.
std::string LinesMissing(const std::string& a, const std::string& b) {
  const std::vector<std::string> lines = absl::StrSplit(a, '\n');
  const std::vector<std::string> others = absl::StrSplit(b, '\n');
  std::string missing;
  for (const std::string& line : lines) {
    if (std::find(others.begin(), others.end(), line) == others.end()) {
      absl::StrAppend(&missing, line, "\n");
    }
  }
  return missing;
}

}  // namespace

Platform::Platform(PlatformOptions options)
    : options_(std::move(options)), log_(std::make_unique<OutputLog>()) {
  std::string path = absl::StrCat(PrivateHostDirectory(), "/XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  directory_ = path;
  // Containers reach their files through it with a user id of their own.
  chmod(path.c_str(), 0711);
  if (options_.state_dir.empty()) options_.state_dir = directory_ + "/state";
  if (options_.run_dir.empty()) options_.run_dir = directory_ + "/run";
}

Platform::~Platform() {
  if (supervisor_ != nullptr) supervisor_->Stop();
  // All are asked before one is waited for.
  for (Daemon* alone : {gatewayd_.get(), registryd_.get(), runnerd_.get()}) {
    if (alone != nullptr) alone->Signal(SIGTERM);
  }
  for (Daemon* alone : {gatewayd_.get(), registryd_.get(), runnerd_.get()}) {
    if (alone != nullptr) alone->Stop();
  }
  // Processes that a killed supervisor has left would keep the log open.
  for (const char* name : kDaemons) {
    if (const pid_t pid = DaemonPid(name); pid > 0) kill(pid, SIGKILL);
  }
  std::vector<std::string> mounts = Count().mounts;
  std::reverse(mounts.begin(), mounts.end());
  for (const std::string& mount : mounts) umount2(mount.c_str(), MNT_DETACH);
  fs::RemoveTree(directory_).IgnoreError();
}

std::string Platform::Program(const std::string& path) const {
  return options_.programs_dir.empty()
             ? Runfile(path)
             : absl::StrCat(options_.programs_dir, "/", path);
}

std::vector<std::string> Platform::SupervisorCommand() const {
  std::vector<std::string> argv = {
      Program("faasd/faasd"),
      absl::StrCat("--state_dir=", options_.state_dir),
      absl::StrCat("--run_dir=", options_.run_dir),
      absl::StrCat("--pool=", options_.pool),
      absl::StrCat("--port=", options_.port),
      absl::StrCat("--control_listen=", options_.control_listen),
      absl::StrCat("--runtime=", options_.runtime)};
  if (!options_.default_deadlines) argv.push_back("--ready_timeout=2m");
  argv.insert(argv.end(), options_.supervisor_flags.begin(),
              options_.supervisor_flags.end());
  if (options_.default_deadlines) return argv;
  // A flag that is given twice has its last value, so the test's own arguments
  // of a daemon are moved behind ours.
  std::string gatewayd_args = kGatewaydDeadlines;
  std::string runnerd_args = absl::StrJoin(kRunnerdDeadlines, " ");
  for (const std::string& flag : options_.supervisor_flags) {
    absl::string_view args = flag;
    if (absl::ConsumePrefix(&args, "--gatewayd_args=")) {
      absl::StrAppend(&gatewayd_args, " ", args);
    } else if (absl::ConsumePrefix(&args, "--runnerd_args=")) {
      absl::StrAppend(&runnerd_args, " ", args);
    }
  }
  argv.push_back(absl::StrCat("--gatewayd_args=", gatewayd_args));
  argv.push_back(absl::StrCat("--runnerd_args=", runnerd_args));
  return argv;
}

absl::Status Platform::Start() {
  const size_t offset = log_->Size();
  ASSIGN_OR_RETURN(supervisor_, Daemon::Start(SupervisorCommand(), log_.get()));
  const auto has_started = [this, offset] {
    return log_->WaitFor("^faasd started successfully$", absl::ZeroDuration(),
                         offset);
  };
  WaitUntil([&] { return has_started() || !supervisor_->running(); });
  if (!has_started()) {
    return absl::DeadlineExceededError(
        absl::StrCat("faasd did not start:\n", log_->TextFrom(offset)));
  }
  return absl::OkStatus();
}

std::vector<std::string> Platform::DaemonCommand(
    const std::string& name) const {
  std::vector<std::string> argv = {
      Program(absl::StrCat(name, "/", name)),
      absl::StrCat("--run_dir=", options_.run_dir)};
  const auto add = [&argv](const char* flag, const auto& value) {
    argv.push_back(absl::StrCat("--", flag, "=", value));
  };
  const std::vector<std::string>* more = &options_.registryd_flags;
  if (name != "gatewayd") add("state_dir", options_.state_dir);
  if (name == "registryd") add("control_listen", options_.control_listen);
  if (name == "gatewayd") {
    add("pool", options_.pool);
    add("port", options_.port);
    if (!options_.default_deadlines) argv.push_back(kGatewaydDeadlines);
    more = &options_.gatewayd_flags;
  }
  if (name == "runnerd") {
    add("runtime", options_.runtime);
    if (!options_.default_deadlines) {
      argv.insert(argv.end(), std::begin(kRunnerdDeadlines),
                  std::end(kRunnerdDeadlines));
    }
    more = &options_.runnerd_flags;
  }
  argv.insert(argv.end(), more->begin(), more->end());
  return argv;
}

std::unique_ptr<Daemon>& Platform::DaemonSlot(const std::string& name) {
  if (name == "registryd") return registryd_;
  return name == "gatewayd" ? gatewayd_ : runnerd_;
}

Daemon* Platform::daemon(const std::string& name) {
  return DaemonSlot(name).get();
}

absl::Status Platform::StartDaemon(const std::string& name) {
  ASSIGN_OR_RETURN(DaemonSlot(name),
                   Daemon::Start(DaemonCommand(name), log_.get()));
  return absl::OkStatus();
}

absl::Status Platform::StartDaemons() {
  for (const char* name : kDaemons) RETURN_IF_ERROR(StartDaemon(name));
  return AwaitHealthy();
}

absl::Status Platform::AwaitHealthy() const {
  for (const char* name : kDaemons) {
    const std::string socket =
        absl::StrCat(options_.run_dir, "/", name, ".sock");
    if (!WaitUntil([&socket] { return IsServing(socket); })) {
      return absl::DeadlineExceededError(
          absl::StrCat(name, " is not healthy:\n", log_->Text()));
    }
  }
  return absl::OkStatus();
}

pid_t Platform::DaemonPid(const std::string& name) const {
  for (const pid_t pid : ProcessTree(1)) {
    if (ProcessName(pid) != name) continue;
    // More than one instance may be running.
    const absl::StatusOr<std::string> command =
        fs::ReadFile(absl::StrCat("/proc/", pid, "/cmdline"), size_t{1} << 20);
    const std::string own_flag =
        absl::StrCat("--run_dir=", options_.run_dir, std::string(1, '\0'));
    if (command.ok() && command->find(own_flag) != std::string::npos) {
      return pid;
    }
  }
  return 0;
}

std::string Platform::Token() const {
  const absl::StatusOr<std::string> text =
      fs::ReadFile(options_.state_dir + "/token", 1024);
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

int64_t Platform::LargestExtractor(size_t offset) const {
  constexpr absl::string_view kBefore = "The extractor took ";
  const std::string text = log_->TextFrom(offset);
  int64_t largest = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const size_t at = line.find(kBefore);
    if (at == absl::string_view::npos) continue;
    line.remove_prefix(at + kBefore.size());
    int64_t kibibytes = 0;
    if (absl::SimpleAtoi(line.substr(0, line.find(' ')), &kibibytes)) {
      largest = std::max(largest, kibibytes * 1024);
    }
  }
  return largest;
}

CommandResult Platform::RunFaas(const std::vector<std::string>& arguments,
                                absl::string_view input,
                                CommandOptions options) const {
  std::vector<std::string> argv = {Program("faas_cli/faas")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  options.env = {absl::StrCat("FAASD_RUN_DIR=", options_.run_dir),
                 absl::StrCat("FAAS_TOKEN=", Token())};
  return RunCommand(argv, input, options);
}

CommandResult Platform::Faas(const std::vector<std::string>& arguments,
                             absl::string_view input) const {
  return RunFaas(arguments, input, CommandOptions());
}

CommandResult Platform::FaasFrom(int stdin_fd,
                                 const std::vector<std::string>& arguments,
                                 absl::Duration timeout) const {
  CommandOptions options;
  options.stdin_fd = stdin_fd;
  options.timeout = timeout;
  return RunFaas(arguments, "", options);
}

absl::StatusOr<std::string> Platform::Deploy(const std::string& name,
                                             absl::string_view archive) const {
  const CommandResult created = Faas({"new", name, "-"}, archive);
  if (created.exit_code != 0) {
    return absl::UnknownError(
        absl::StrCat("faas new ", name, ": ", created.err));
  }
  const CommandResult address = Faas({"ip", name});
  if (address.exit_code != 0) return absl::UnknownError(address.err);
  return std::string(absl::StripAsciiWhitespace(address.out));
}

Census Platform::Count() const {
  std::vector<pid_t> daemons;
  for (const char* name : kDaemons) {
    if (const pid_t pid = DaemonPid(name); pid > 0) daemons.push_back(pid);
  }
  return TakeCensus(
      options_.state_dir,
      {options_.state_dir + "/bundles", options_.state_dir + "/staging",
       options_.run_dir + "/runtime", options_.run_dir},
      daemons);
}

Census Platform::CountSettled() const {
  Census last = Count();
  int unchanged = 0;
  WaitUntil([&] {
    Census now = Count();
    unchanged = now == last ? unchanged + 1 : 0;
    last = std::move(now);
    return unchanged == 5;
  });
  return last;
}

std::string Platform::WaitForCensus(const Census& expected,
                                    absl::Duration timeout) const {
  if (WaitUntil([&] { return Count() == expected; }, timeout)) return "";
  const std::string before = expected.Describe();
  const std::string now = Count().Describe();
  return absl::StrCat("new:\n", LinesMissing(now, before), "gone:\n",
                      LinesMissing(before, now));
}

}  // namespace faas::testing
