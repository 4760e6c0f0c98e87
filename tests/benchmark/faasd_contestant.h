#ifndef FAAS_TESTS_BENCHMARK_FAASD_CONTESTANT_H_
#define FAAS_TESTS_BENCHMARK_FAASD_CONTESTANT_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "testing/platform.h"
#include "tests/benchmark/contestant.h"

namespace faas::benchmark {

// A FaasdContestant is an instance of faasd: its three daemons, with a function
// whose handler answers at once.
class FaasdContestant : public Contestant {
 public:
  // Starts the daemons and deploys the function. Each instance on a host has
  // another `number`; `programs_dir` is that of testing::PlatformOptions.
  static absl::StatusOr<std::unique_ptr<FaasdContestant>> Start(
      const std::string& name, int number, const std::string& programs_dir,
      const std::string& runtime);

  // Makes faasd keep this number of warm instances. They are ready when Settled
  // returns true.
  absl::Status SetWarmInstances(int warm_instances);

  const std::string& name() const override { return name_; }
  const std::string& address() const override { return function_.address(); }
  uint16_t port() const override {
    return static_cast<uint16_t>(function_.port());
  }
  bool Settled() const override;
  CpuTimes CpuTimesSoFar() const override;
  std::string Log() const override { return platform_.log().Text(); }

  // The function as the registry has it.
  const v1::Function& function() const { return function_; }
  const std::string& state_dir() const { return platform_.state_dir(); }
  pid_t gatewayd() const { return gatewayd_; }
  pid_t runnerd() const { return runnerd_; }

 private:
  FaasdContestant(const std::string& name, testing::PlatformOptions options)
      : name_(name), platform_(std::move(options)) {}

  const std::string name_;
  testing::Platform platform_;
  v1::Function function_;
  pid_t gatewayd_ = 0;
  pid_t runnerd_ = 0;
  int warm_instances_ = 0;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_FAASD_CONTESTANT_H_
