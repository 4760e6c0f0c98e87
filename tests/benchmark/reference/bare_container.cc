#include "tests/benchmark/reference/bare_container.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "runnerd/host/scheduling.h"

namespace faas::benchmark {
namespace {

constexpr int kStartTimeoutMs = 10000;
constexpr size_t kOutputBytes = 64 << 10;

absl::Status MakePipe(base::UniqueFd* read_end, base::UniqueFd* write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  read_end->reset(ends[0]);
  write_end->reset(ends[1]);
  return absl::OkStatus();
}

// Waits for the end of a process and returns its exit code, or 0 if it is not a
// child of this process: crun reaps a container that ends before crun does.
absl::StatusOr<int> Wait(int pidfd) {
  siginfo_t info = {};
  while (waitid(P_PIDFD, pidfd, &info, WEXITED) != 0) {
    if (errno == ECHILD) {
      pollfd ended = {.fd = pidfd, .events = POLLIN};
      if (poll(&ended, 1, -1) == 1) return 0;
    }
    if (errno != EINTR) return base::ErrnoStatus("waitid");
  }
  return info.si_status;
}

}  // namespace

BareContainer::BareContainer(const Environment& environment, std::string id)
    : environment_(environment),
      id_(std::move(id)),
      path_(absl::StrCat(environment.bundles, "/", id_)) {}

absl::Status BareContainer::Run(base::UniqueFd client) {
  RETURN_IF_ERROR(Start());
  RETURN_IF_ERROR(PassOn(std::move(client)));
  return Finish();
}

absl::Status BareContainer::Start() {
  RETURN_IF_ERROR(MakeBundle());
  RETURN_IF_ERROR(StartRuntime());
  return AwaitHandler();
}

absl::Status BareContainer::StartInBackground() {
  RETURN_IF_ERROR(MakeBundle());
  RETURN_IF_ERROR(StartRuntime());
  runnerd::SetIdle(runtime_.pid());
  RETURN_IF_ERROR(AwaitHandler());
  while (runnerd::SetThreadsNormal(environment_.cgroups->Threads(id_))) {
  }
  return absl::OkStatus();
}

absl::Status BareContainer::Finish() {
  RETURN_IF_ERROR(AwaitEnd());
  return CleanUp();
}

absl::Status BareContainer::MakeBundle() {
  if (mkdir(path_.c_str(), 0700) != 0) {
    return base::ErrnoStatus(absl::StrCat("mkdir \"", path_, "\""));
  }
  const std::string control_path = path_ + "/control.sock";
  ASSIGN_OR_RETURN(
      const base::UniqueFd config,
      fs::Open(path_ + "/config.json", O_WRONLY | O_CREAT | O_EXCL, 0600));
  const runnerd::SpecTemplate::Container container = {
      .cgroup_path = environment_.cgroups->PathFor(id_),
      .control_socket = control_path,
      .rootfs = environment_.revision->rootfs()};
  const DefaultSpec* plain = environment_.default_spec;
  RETURN_IF_ERROR(fs::WriteFd(
      config.get(), plain != nullptr
                        ? plain->Render(container)
                        : environment_.revision->spec().Render(container)));
  ASSIGN_OR_RETURN(const base::UniqueFd directory,
                   fs::Open(path_, O_PATH | O_DIRECTORY));
  ASSIGN_OR_RETURN(
      control_listener_,
      ipc::ListenAt(directory.get(), "control.sock", SOCK_STREAM, 1));
  if (chown(control_path.c_str(), environment_.revision->host_uid(),
            environment_.revision->host_gid()) != 0 ||
      // Without a user namespace the handler has another user on the host.
      chmod(control_path.c_str(), plain != nullptr ? 0666 : 0600) != 0) {
    return base::ErrnoStatus(absl::StrCat("chown \"", control_path, "\""));
  }
  return absl::OkStatus();
}

absl::Status BareContainer::StartRuntime() {
  base::UniqueFd stdout_write, stderr_write;
  RETURN_IF_ERROR(MakePipe(&stdout_, &stdout_write));
  RETURN_IF_ERROR(MakePipe(&stderr_, &stderr_write));
  ASSIGN_OR_RETURN(const base::UniqueFd input, process::EmptyInput());
  ASSIGN_OR_RETURN(runtime_,
                   environment_.runtime->Start(path_, id_,
                                               {{0, input.get()},
                                                {1, stdout_write.get()},
                                                {2, stderr_write.get()}}));
  return absl::OkStatus();
}

absl::Status BareContainer::AwaitHandler() {
  pollfd connected = {.fd = control_listener_.get(), .events = POLLIN};
  if (poll(&connected, 1, kStartTimeoutMs) != 1) {
    return absl::DeadlineExceededError(
        absl::StrCat("the handler did not connect: ", Output()));
  }
  ASSIGN_OR_RETURN(control_, ipc::Accept(control_listener_.get()));
  return absl::OkStatus();
}

absl::Status BareContainer::PassOn(base::UniqueFd client) {
  RETURN_IF_ERROR(
      ipc::Send(control_.get(),
                absl::StrCat("{\"function\":\"", environment_.revision->name(),
                             "\",\"connection_id\":\"", id_, "\"}\n"),
                client.get()));
  // The client waits until the last copy of its connection is closed.
  client.reset();
  control_.reset();
  control_listener_.reset();
  unlink((path_ + "/control.sock").c_str());
  return absl::OkStatus();
}

// Waits for the end of the runtime and then for that of the container's
// process, which has become a child of this process.
absl::Status BareContainer::AwaitEnd() {
  ASSIGN_OR_RETURN(const int runtime_code, Wait(runtime_.pidfd()));
  if (runtime_code != 0) {
    return absl::UnknownError(absl::StrCat("the runtime failed: ", Output()));
  }
  ASSIGN_OR_RETURN(
      const std::string pid_text,
      fs::ReadFile(absl::StrCat(path_, "/", runnerd::kPidFile), 64));
  int pid;
  if (!absl::SimpleAtoi(pid_text, &pid)) {
    return absl::DataLossError("no process id");
  }
  const auto container = process::OpenProcess(pid);
  if (absl::IsNotFound(container.status())) return absl::OkStatus();
  RETURN_IF_ERROR(container.status());
  return Wait(container->pidfd()).status();
}

absl::Status BareContainer::CleanUp() const {
  static_cast<void>(Output());
  RETURN_IF_ERROR(environment_.cgroups->Remove(id_));
  const std::string state = absl::StrCat(environment_.runtime_root, "/", id_);
  RETURN_IF_ERROR(fs::RemoveTree(state));
  unlink((path_ + "/config.json").c_str());
  unlink(absl::StrCat(path_, "/", runnerd::kPidFile).c_str());
  if (rmdir(path_.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("rmdir \"", path_, "\""));
  }
  return absl::OkStatus();
}

std::string BareContainer::Output() const {
  const auto out = fs::ReadFd(stdout_.get(), kOutputBytes);
  const auto err = fs::ReadFd(stderr_.get(), kOutputBytes);
  return absl::StrCat(out.value_or(""), err.value_or(""));
}

}  // namespace faas::benchmark
