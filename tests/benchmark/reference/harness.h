#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::benchmark {

struct HarnessOptions {
  // Has layers/; gets the mounted image and bundles/.
  std::string state_dir;
  // A serialised v1::Function.
  std::string function_file;
  std::string runtime;
  uint16_t port = 0;
  // Containers that are made ahead and wait, one for each connection; 0 for
  // none: each is made when its connection has come.
  int warm_instances = 0;
  // Containers are as the runtime makes them by default, without the profile.
  bool default_spec = false;
};

// The bare harness: the way of a connection as short as one C++ process can
// have it. Threads that each take a connection through its whole life by
// blocking calls: no event loop, no other process, no protocol, no log, no
// limits. What a container gets is the same as from runnerd: the revision's
// root file system, spec, bundle, output pipes and control socket are, and so
// is what is removed after it. Returns only on errors.
absl::Status ServeHarness(const HarnessOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_
