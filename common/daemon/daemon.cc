#include "common/daemon/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "common/process/child.h"
#include "common/process/instance_lock.h"

namespace faas::daemon {
namespace {

// This is longer than the daemons' stop timeouts.
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr mode_t kRunMode = 0750;

// Opens standard streams that are closed. Otherwise the first socket would get
// the number of one, and the log would be written into it.
absl::Status OpenMissingStreams() {
  while (true) {
    const int fd = open("/dev/null", O_RDWR);
    if (fd < 0) return base::ErrnoStatus("open \"/dev/null\"");
    if (fd > STDERR_FILENO) {
      close(fd);
      return absl::OkStatus();
    }
  }
}

sigset_t StopSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

absl::Status MakeDirectory(const std::string& directory) {
  if (directory.empty() || directory[0] != '/') {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", directory,
        "\" is not an absolute path; name one with --state_dir, --run_dir"));
  }
  return fs::MakeDirectories(directory, 0700);
}

// Other daemons may create the directory at the same time.
absl::Status OpenToGroup(const std::string& directory, gid_t group) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(directory, O_RDONLY | O_DIRECTORY));
  struct stat st;
  if (fstat(fd.get(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", directory, "\""));
  }
  const bool others_write =
      (st.st_mode & S_IWOTH) != 0 ||
      ((st.st_mode & S_IWGRP) != 0 && (st.st_mode & S_IRWXO) != 0);
  if (st.st_uid != geteuid() || others_write) {
    return absl::FailedPreconditionError(
        absl::StrCat("others could replace the sockets in \"", directory,
                     "\": it belongs to user ", st.st_uid,
                     absl::StrFormat(" and has mode %04o", st.st_mode & 07777),
                     "; name one that only root can write to with --run_dir"));
  }
  if ((st.st_mode & S_IRWXO) != 0) return absl::OkStatus();
  if (fchown(fd.get(), -1, group) != 0 || fchmod(fd.get(), kRunMode) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("give \"", directory, "\" to group ", group));
  }
  return absl::OkStatus();
}

absl::StatusOr<base::UniqueFd> Lock(const std::string& directory,
                                    absl::string_view daemon, int parent) {
  return process::LockInstance(directory, daemon,
                               parent == 0 ? absl::ZeroDuration() : kPatience);
}

// Abseil itself says "main" for the files whose names match the program's. Ours
// are all files but Abseil's.
bool DefinesOurFlags(absl::string_view file) {
  return !absl::StrContains(file, "absl/");
}

}  // namespace

void ParseFlags(int argc, char** argv, absl::string_view usage) {
  absl::SetProgramUsageMessage(usage);
  absl::FlagsUsageConfig config;
  config.contains_helpshort_flags = DefinesOurFlags;
  config.contains_help_flags = DefinesOurFlags;
  absl::SetFlagsUsageConfig(config);
  absl::ParseCommandLine(argc, argv);
}

absl::Status Begin(int parent) {
  RETURN_IF_ERROR(OpenMissingStreams());
  const sigset_t stop = StopSet();
  if (sigprocmask(SIG_BLOCK, &stop, nullptr) != 0) {
    return base::ErrnoStatus("sigprocmask");
  }
  signal(SIGPIPE, SIG_IGN);
  umask(077);
  return parent == 0 ? absl::OkStatus() : process::EndWithParent(parent);
}

absl::Status CheckRoot(absl::string_view daemon) {
  if (geteuid() == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat(daemon, " must be run as root"));
}

void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<base::UniqueFd> EnterDirectory(const std::string& directory,
                                              absl::string_view daemon,
                                              int parent) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  return Lock(directory, daemon, parent);
}

absl::StatusOr<base::UniqueFd> EnterRunDirectory(const std::string& directory,
                                                 absl::string_view daemon,
                                                 int parent, gid_t group) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  RETURN_IF_ERROR(OpenToGroup(directory, group));
  return Lock(directory, daemon, parent);
}

absl::StatusOr<base::UniqueFd> StopSignals() {
  const sigset_t stop = StopSet();
  base::UniqueFd fd(signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return base::ErrnoStatus("signalfd");
  return fd;
}

void AwaitStop(int stop_signals) {
  pollfd wait = {.fd = stop_signals, .events = POLLIN};
  while (poll(&wait, 1, -1) < 0 && errno == EINTR) {
  }
}

int Fail(absl::string_view daemon, const absl::Status& status) {
  log::Flush();
  const std::string line =
      absl::IsPermissionDenied(status)
          ? absl::StrCat(status.message(), "\n")
          : absl::StrCat(daemon, ": ", status.message(), "\n");
  fputs(line.c_str(), stderr);
  return 1;
}

}  // namespace faas::daemon
