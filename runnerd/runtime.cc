#include "runnerd/runtime.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/process/child.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxVersionBytes = 64 << 10;

absl::StatusOr<std::string> LookUp(const std::string& command) {
  if (command.find('/') != std::string::npos) {
    if (access(command.c_str(), X_OK) == 0) return command;
  } else if (const char* path = getenv("PATH")) {
    for (absl::string_view dir : absl::StrSplit(path, ':')) {
      const std::string candidate = absl::StrCat(dir, "/", command);
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "runtime \"", command,
      "\" not found; install it (\"apt-get install runc\"), or name another "
      "with --runtime"));
}

// What `path --version` prints.
absl::StatusOr<std::string> AskVersion(const std::string& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  const base::UniqueFd output(ends[0]);
  base::UniqueFd input(ends[1]);
  ASSIGN_OR_RETURN(
      process::Child child,
      process::Spawn({.args = {path, "--version"}, .fds = {{1, input.get()}}}));
  input.reset();
  ASSIGN_OR_RETURN(std::string text,
                   fs::ReadFd(output.get(), kMaxVersionBytes));
  pollfd ended = {.fd = child.pidfd(), .events = POLLIN};
  while (poll(&ended, 1, -1) < 0 && errno == EINTR) {
  }
  ASSIGN_OR_RETURN(const auto status, child.Reap());
  if (!status.has_value() || status->code != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "runtime \"", path, "\" cannot be used: --version failed"));
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

Runtime::Runtime(std::string path, std::string version, std::string root)
    : path_(std::move(path)),
      version_(std::move(version)),
      root_(std::move(root)) {}

absl::StatusOr<Runtime> Runtime::Find(const std::string& command,
                                      std::string root) {
  ASSIGN_OR_RETURN(std::string path, LookUp(command));
  ASSIGN_OR_RETURN(const std::string version, AskVersion(path));
  RETURN_IF_ERROR(fs::MakeDirectories(root, 0700));
  return Runtime(std::move(path), base::Printable(version), std::move(root));
}

std::vector<std::string> Runtime::RunCommand(const std::string& bundle,
                                             const std::string& id) const {
  return {path_,
          "--root",
          root_,
          "run",
          "--detach",
          "--pid-file",
          absl::StrCat(bundle, "/", kPidFile),
          "--bundle",
          bundle,
          id};
}

absl::Status Runtime::Forget(const std::string& id) const {
  return fs::RemoveTree(absl::StrCat(root_, "/", id));
}

absl::StatusOr<std::vector<std::string>> Runtime::Remembered() const {
  return fs::ListDirectory(root_);
}

}  // namespace faas::runnerd
