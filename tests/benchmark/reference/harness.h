#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::benchmark {

struct HarnessOptions {
  // The directory that has layers/ and gets images/ and bundles/.
  std::string state_dir;
  // A file with a serialised v1::Function.
  std::string function_file;
  std::string runtime;
  uint16_t port = 0;
  // How many containers are started ahead and wait for a connection. With 0
  // each container is started when its connection has come.
  int warm_instances = 0;
  // Whether containers have the configuration that the runtime writes by
  // default, in place of the profile.
  bool default_spec = false;
};

// Serves connections with the least work that one C++ process can do for each
// of them. Each thread serves one connection from the accept to the clean-up
// with blocking calls: there is no event loop, no other process, no protocol,
// no log and no limit. A container gets the same as from runnerd: the root file
// system, the spec, the bundle, the output pipes and the control socket. The
// same is removed after it. Returns only on errors.
absl::Status ServeHarness(const HarnessOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_HARNESS_H_
