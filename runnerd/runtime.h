#ifndef FAAS_RUNNERD_RUNTIME_H_
#define FAAS_RUNNERD_RUNTIME_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::runnerd {

// The OCI runtime that starts containers: runc, or another with its command
// line.
//
// It is called once for each container, `run --detach`: it exits when the
// container's process runs, which then is our child (we are a subreaper), with
// our pipes as its output. Nobody of the runtime stays beside a container, and
// nobody is started to delete it: of a container that has ended there are only
// a state file and empty cgroups left, and removing these ourselves costs a
// tenth of a millisecond instead of the runtime's four. docs/adr/0004.
class Runtime {
 public:
  // Looks `command` up and asks it for its version. FAILED_PRECONDITION if it
  // is not there or cannot be run. `root` is where it keeps its state.
  static absl::StatusOr<Runtime> Find(const std::string& command,
                                      std::string root);

  // E.g. "runc version 1.1.5".
  const std::string& version() const { return version_; }
  const std::string& path() const { return path_; }

  // The command that starts a container from the bundle directory and leaves
  // its process's id in the bundle's file kPidFile.
  std::vector<std::string> RunCommand(const std::string& bundle,
                                      const std::string& id) const;

  // Removes what the runtime remembers of a container whose processes are gone.
  absl::Status Forget(const std::string& id) const;

  // The ids of the containers that it remembers.
  absl::StatusOr<std::vector<std::string>> Remembered() const;

 private:
  Runtime(std::string path, std::string version, std::string root);

  std::string path_;
  std::string version_;
  std::string root_;
};

inline constexpr char kPidFile[] = "pid";

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNTIME_H_
