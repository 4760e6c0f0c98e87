#ifndef FAAS_RUNNERD_CONTAINER_CONTAINER_ENVIRONMENT_H_
#define FAAS_RUNNERD_CONTAINER_CONTAINER_ENVIRONMENT_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/runtime.h"

namespace faas::runnerd {

// Dependencies that all containers share. Must outlive every Container.
struct ContainerEnvironment {
  event::EventLoop* loop = nullptr;
  // Removes what containers have left: the removal of a cgroup waits for the
  // kernel, and on the loop's thread it would delay connections.
  event::Worker* cleaner = nullptr;
  // Starts the containers that no connection waits for.
  event::Worker* creator = nullptr;
  const Runtime* runtime = nullptr;
  const Cgroups* cgroups = nullptr;
  // The directory of all bundles.
  std::string bundles;
  // How long the runtime may take until the container's process runs.
  absl::Duration runtime_timeout;
  // How much is kept of each output stream of a container.
  size_t output_limit_bytes = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_CONTAINER_ENVIRONMENT_H_
