#ifndef FAAS_RUNNERD_HOST_RUNTIME_H_
#define FAAS_RUNNERD_HOST_RUNTIME_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process/child.h"
#include "runnerd/host/mount_view.h"

namespace faas::runnerd {

// The OCI runtime that starts containers: runc, or another with its command
// line. Thread-safe.
//
// It is called once for each container, `run --detach`: it exits when the
// container's process runs, which then is our child (we are a subreaper), with
// our pipes as its output. Nobody of the runtime stays beside a container, and
// nobody is started to delete it: of a container that has ended there are only
// a state file and empty cgroups left, and removing these ourselves costs a
// tenth of a millisecond instead of the runtime's four. docs/adr/0004.
class Runtime {
 public:
  // How long it may take to say its version, or what `run` takes.
  static constexpr absl::Duration kQueryTimeout = absl::Seconds(5);

  // Looks the command up and asks it for its version. `command` is a program
  // and options for it, which stand before every command word, separated by
  // spaces or tabs; there is no quoting. FAILED_PRECONDITION if the program is
  // not there, or has not said its version in time. `root`, an absolute path,
  // is where it keeps its state.
  static absl::StatusOr<Runtime> Find(
      absl::string_view command, std::string root,
      absl::Duration query_timeout = kQueryTimeout);

  // The command line, the program with its directory: "/opt/bin/crun --debug".
  std::string command() const;
  // What it says of itself: "runc version 1.1.5".
  const std::string& version() const { return version_; }
  // What is known to be wrong with it, or "".
  const std::string& warning() const { return warning_; }
  // Whether it is kept from seeing a mount of the host (see Start).
  bool has_mounts_of_its_own() const { return mounts_ != nullptr; }

  // Starts a container from the bundle directory, which then has its process's
  // id in its file kPidFile. The child is the runtime, in a process group of
  // its own; `fds` are its descriptors and the container's.
  //
  // crun refuses a host with both cgroup v1 and v2 (hybrid), unless v2 has no
  // controllers or cannot be seen; on such a host it is started where a v1
  // hierarchy covers /sys/fs/cgroup/unified.
  //
  // Its session keyring, and so the container's, is a new one of ours. One that
  // the runtime makes belongs to the container's user, who is the same for all
  // of them and may have 200 keys (kernel.keys.maxkeys): the 201st container
  // would fail.
  absl::StatusOr<process::Child> Start(
      const std::string& bundle, const std::string& id,
      std::vector<std::pair<int, int>> fds) const;

  // The command line of Start.
  std::vector<std::string> RunCommand(const std::string& bundle,
                                      const std::string& id) const;

  // Kills one that has not finished, and what it has started for this
  // container. Of crun a process of its own session does the work, whose parent
  // we are when its group is gone: it still has the command line. What is in
  // the container's cgroups already is not looked for.
  void Kill(const process::Child& runtime, const std::string& id) const;

  // Removes what the runtime remembers of a container whose processes are gone.
  absl::Status Forget(const std::string& id) const;

  // The ids of the containers that it remembers.
  absl::StatusOr<std::vector<std::string>> Remembered() const;

 private:
  Runtime(std::vector<std::string> words, std::string version,
          std::string root);

  std::vector<std::string> words_;  // the program, then its options
  std::string version_;
  std::string warning_;
  std::string root_;
  bool own_keyring_ = false;           // it takes --no-new-keyring
  std::unique_ptr<MountView> mounts_;  // null for the host's
};

inline constexpr char kPidFile[] = "pid";

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_H_
