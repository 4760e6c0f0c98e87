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

// A Runtime starts containers with an OCI runtime: runc, or another program
// with the same command line. Thread-safe.
//
// The program is started once for each container, with `run --detach`, and
// exits when the container's process runs. That process is then a child of
// runnerd, which is a subreaper, and has runnerd's pipes as its output. No
// process of the runtime stays with the container, and none is started to
// delete it: a container that has ended leaves only a state file and empty
// cgroups, which runnerd removes in a tenth of a millisecond, where the runtime
// takes four. docs/adr/0004 has the reasons.
class Runtime {
 public:
  // How long the program may take for `--version` and for `run --help`, each.
  static constexpr absl::Duration kQueryTimeout = absl::Seconds(5);

  // Looks the program up and asks it for its version. `command` is the program
  // and its options, which stand before every command word; they are separated
  // by spaces or tabs, and there is no quoting. `root` is the absolute path of
  // the directory for the runtime's state, which is created.
  // FAILED_PRECONDITION if the program is not there, or has not said its
  // version in time; INVALID_ARGUMENT if `command` is empty.
  static absl::StatusOr<Runtime> Find(
      absl::string_view command, std::string root,
      absl::Duration query_timeout = kQueryTimeout);

  // Returns the path of the program and its options: "/opt/bin/crun --debug".
  std::string command() const;
  // What the program says of itself: "runc version 1.1.5".
  const std::string& version() const { return version_; }
  // What is known to be wrong with this version, or "".
  const std::string& warning() const { return warning_; }
  // Whether one of the host's mounts is hidden from the program (see Start).
  bool has_mounts_of_its_own() const { return mounts_ != nullptr; }

  // Starts the runtime, which starts a container from the directory `bundle`
  // and writes the id of its process to the file kPidFile in there. The child
  // is the runtime, in a process group of its own. It passes its descriptors
  // `fds` (number there, descriptor here) to the container.
  //
  // crun refuses a host that has both cgroup v1 and v2 (hybrid), unless v2 has
  // no controllers or cannot be seen. On such a host it is started in a view of
  // the mounts in which a v1 hierarchy covers /sys/fs/cgroup/unified.
  //
  // The session keyring of the runtime, and so of the container, is a new one
  // that belongs to root. A keyring that the runtime made would belong to the
  // container's user. All containers have the same user, who may have 200 keys
  // (kernel.keys.maxkeys), so the 201st container would fail.
  absl::StatusOr<process::Child> Start(
      const std::string& bundle, const std::string& id,
      std::vector<std::pair<int, int>> fds) const;

  // Returns the command line that Start uses.
  std::vector<std::string> RunCommand(const std::string& bundle,
                                      const std::string& id) const;

  // Kills a runtime that has not finished, and the processes that it has
  // started for container `id`. A process of crun does its work in another
  // session. It is found by its command line, as a child of runnerd, when the
  // process group of the runtime has ended. Processes that are already in the
  // container's cgroups are left to Cgroups::Kill.
  void Kill(const process::Child& runtime, const std::string& id) const;

  // Removes the runtime's state of a container whose processes have ended.
  absl::Status Forget(const std::string& id) const;

  // Returns the ids of the containers of which the runtime has a state.
  absl::StatusOr<std::vector<std::string>> Remembered() const;

 private:
  Runtime(std::vector<std::string> words, std::string version,
          std::string root);

  std::vector<std::string> words_;  // The program, then its options.
  std::string version_;
  std::string warning_;
  std::string root_;
  bool own_keyring_ = false;  // Whether the program knows --no-new-keyring.
  std::unique_ptr<MountView> mounts_;  // Null for the host's mounts.
};

// The file in a bundle to which the runtime writes the id of the container's
// process.
inline constexpr char kPidFile[] = "pid";

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_H_
