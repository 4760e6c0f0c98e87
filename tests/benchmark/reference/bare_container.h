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

// A BareContainer is one container for one connection. It uses blocking calls,
// and as few as possible.
class BareContainer {
 public:
  // Dependencies that all containers share. Must outlive every BareContainer.
  struct Environment {
    const runnerd::Runtime* runtime = nullptr;
    const runnerd::Cgroups* cgroups = nullptr;
    const runnerd::Revision* revision = nullptr;
    // The configuration in place of the revision's; null for the revision's.
    const DefaultSpec* default_spec = nullptr;
    std::string bundles;
    std::string runtime_root;
  };

  BareContainer(const Environment& environment, std::string id);

  // Starts the container, passes `client` to its handler, waits for its end and
  // removes what is left. After an error nothing is cleaned up.
  absl::Status Run(base::UniqueFd client);

  // The three steps of Run. Start starts the container and waits until its
  // handler has connected; PassOn passes a connection to the handler; Finish
  // waits for the end of the container and removes what is left.
  absl::Status Start();
  // Does the same as Start, but the processes yield to all others until the
  // handler has connected. runnerd starts warm instances in the same way.
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
  // Returns what the handler wrote. Waits until it has ended.
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
