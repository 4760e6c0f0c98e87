#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_BARE_CONTAINER_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_BARE_CONTAINER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/process/child.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/revision.h"
#include "tests/benchmark/reference/default_spec.h"

namespace faas::benchmark {

// One container for one connection by blocking calls, as few as will do.
class BareContainer {
 public:
  // Shared by all; outlives them.
  struct Environment {
    const runnerd::Runtime* runtime = nullptr;
    const runnerd::Cgroups* cgroups = nullptr;
    const runnerd::Revision* revision = nullptr;
    // In place of the revision's; null for that.
    const DefaultSpec* default_spec = nullptr;
    std::string bundles;
    std::string runtime_root;
  };

  BareContainer(const Environment& environment, std::string id);

  // Starts the container, passes `client` to its handler, waits for its end
  // and removes what is left. An error leaves everything as it is then.
  absl::Status Run(base::UniqueFd client);

  // The same in steps: starts the container and waits until its handler has
  // connected; passes a connection on; waits for its end and cleans up.
  absl::Status Start();
  // Start, by processes that yield to all others until the handler has
  // connected, as runnerd starts warm instances.
  absl::Status StartInBackground();
  absl::Status PassOn(base::UniqueFd client);
  absl::Status Finish();

  const std::string& path() const { return path_; }

 private:
  absl::Status MakeBundle();
  absl::Status StartRuntime();
  absl::Status AwaitHandler();
  absl::Status AwaitEnd();
  absl::Status CleanUp() const;
  // What the handler wrote, to the end.
  std::string Output() const;

  const Environment& environment_;
  const std::string id_;
  const std::string path_;
  base::UniqueFd control_listener_, control_;
  base::UniqueFd stdout_, stderr_;
  process::Child runtime_;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_BARE_CONTAINER_H_
