// The program that faasd is compared with. run_path starts it. It prints
// "ready" and serves until it is killed.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/benchmark/reference/floor.h"
#include "tests/benchmark/reference/harness.h"

ABSL_FLAG(std::string, path, "harness",
          "The path that is served: harness or floor.");
ABSL_FLAG(uint16_t, port, 9001, "The port on 127.0.0.1.");
ABSL_FLAG(std::string, state_dir, "", "The directory with layers and bundles.");
ABSL_FLAG(std::string, function, "",
          "A file with a serialised faas.v1.Function.");
ABSL_FLAG(std::string, runtime, "runc", "The OCI runtime.");
ABSL_FLAG(int, warm_instances, 0, "How many containers are started ahead.");
ABSL_FLAG(bool, default_spec, false,
          "Whether containers have the runtime's default configuration.");

namespace faas::benchmark {
namespace {

absl::Status Run() {
  if (absl::GetFlag(FLAGS_path) == "floor") {
    return ServeFloor(absl::GetFlag(FLAGS_port));
  }
  return ServeHarness({.state_dir = absl::GetFlag(FLAGS_state_dir),
                       .function_file = absl::GetFlag(FLAGS_function),
                       .runtime = absl::GetFlag(FLAGS_runtime),
                       .port = absl::GetFlag(FLAGS_port),
                       .warm_instances = absl::GetFlag(FLAGS_warm_instances),
                       .default_spec = absl::GetFlag(FLAGS_default_spec)});
}

}  // namespace
}  // namespace faas::benchmark

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::benchmark::Run();
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
