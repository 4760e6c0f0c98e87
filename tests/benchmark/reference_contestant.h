#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_CONTESTANT_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_CONTESTANT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "testing/daemon_process.h"
#include "testing/output_log.h"
#include "tests/benchmark/contestant.h"

namespace faas::benchmark {

// A ReferenceContestant is a process of the program in reference/, which faasd
// is compared with.
class ReferenceContestant : public Contestant {
 public:
  // Starts the harness, one process that does for each connection what the
  // daemons do. It makes its containers from the same function, whose layers
  // are in `image_state_dir`. FAILED_PRECONDITION if the runtime cannot be
  // used.
  static absl::StatusOr<std::unique_ptr<ReferenceContestant>> StartHarness(
      const v1::Function& function, const std::string& image_state_dir,
      const std::string& runtime);

  // Starts a harness whose containers have the configuration that the runtime
  // writes by default, in place of the profile.
  static absl::StatusOr<std::unique_ptr<ReferenceContestant>> StartPlainHarness(
      const v1::Function& function, const std::string& image_state_dir,
      const std::string& runtime);

  // Starts a harness that keeps this number of warm instances.
  static absl::StatusOr<std::unique_ptr<ReferenceContestant>> StartWarmHarness(
      const v1::Function& function, const std::string& image_state_dir,
      const std::string& runtime, int warm_instances);

  // Starts the floor, which has no containers: a process accepts a connection
  // and passes it to another one, which answers.
  static absl::StatusOr<std::unique_ptr<ReferenceContestant>> StartFloor();

  const std::string& name() const override { return name_; }
  const std::string& address() const override { return address_; }
  uint16_t port() const override { return port_; }
  bool Settled() const override;
  CpuTimes CpuTimesSoFar() const override;
  std::string Log() const override { return log_.Text(); }

 private:
  ReferenceContestant(std::string name, uint16_t port);
  static absl::StatusOr<std::unique_ptr<ReferenceContestant>> StartHarness(
      std::unique_ptr<ReferenceContestant> contestant,
      const v1::Function& function, const std::string& image_state_dir,
      const std::string& runtime);
  absl::Status Start(const std::string& path,
                     const std::vector<std::string>& flags);

  const std::string name_;
  const std::string address_ = "127.0.0.1";
  const uint16_t port_;
  const std::string state_dir_;  // On a tmpfs.
  int warm_instances_ = 0;
  bool default_spec_ = false;
  testing::OutputLog log_;
  std::unique_ptr<testing::Daemon> process_;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_CONTESTANT_H_
