#ifndef FAAS_TESTS_SECURITY_HOSTILE_ORACLE_H_
#define FAAS_TESTS_SECURITY_HOSTILE_ORACLE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "testing/census.h"
#include "testing/platform.h"
#include "tests/security/hostile_case.h"
#include "tests/security/sentinel.h"

namespace faas::testing {

// A HostileOracle is a platform with a function "victim", which archives are
// sent to. It checks what must hold after each archive and records failures of
// the running test. Not thread-safe.
class HostileOracle {
 public:
  // How much the peak of registryd's memory may exceed what it had before.
  static constexpr int64_t kMaxGrowthBytes = int64_t{64} << 20;
  // How large the process may become that reads the archive: its program and
  // libraries, and as much as registryd may grow.
  static constexpr int64_t kMaxExtractorBytes = int64_t{96} << 20;

  static absl::StatusOr<std::unique_ptr<HostileOracle>> Start(
      const std::vector<std::string>& registryd_flags);

  // Expects `faas update victim`, and `faas new other` if the case says so, to
  // fail with one line of the case's category, and to leave everything as it
  // was.
  void ExpectRefused(const HostileCase& hostile);

  // Expects `faas new legal` to work: the tree is as expected, the function
  // answers, the sentinel is unharmed, and after `faas rm` nothing is left.
  void ExpectTaken(const LegalCase& legal);

  // Expects that a client that is killed when half of `archive` has been read
  // leaves everything as it was. `file` is the file that is written at that
  // moment.
  void ExpectKilledClientLeavesNothing(const std::string& archive,
                                       const std::string& file);

  Platform& platform() { return *platform_; }

 private:
  // An Observation is everything that a refused archive must not change.
  struct Observation {
    pid_t registryd = 0;
    Census census;
    TreeSnapshot sentinel;
    TreeSnapshot layers;
    std::string registry;
    // Names in the directories where something could be added.
    std::vector<std::string> names;
  };

  explicit HostileOracle(std::unique_ptr<Platform> platform)
      : platform_(std::move(platform)) {}

  absl::Status DeployVictim();
  Observation Observe() const;
  void ExpectUnharmed(const Observation& before) const;
  void ExpectVictimAnswers() const;
  // Returns whether an upload is writing a file of that name.
  bool IsBeingWritten(const std::string& name) const;
  void Refuse(const HostileCase& hostile,
              const std::vector<std::string>& command);
  CommandResult Send(const HostileCase& hostile,
                     const std::vector<std::string>& command) const;

  std::unique_ptr<Platform> platform_;
  std::string address_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_HOSTILE_ORACLE_H_
