#ifndef FAAS_TESTS_FAULTS_FAULT_TEST_BASE_H_
#define FAAS_TESTS_FAULTS_FAULT_TEST_BASE_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/faults/small_disk.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {

// What tests of faults under registryd share: the state directory on a small
// disk, daemons that were started one by one, and the function "keep", which is
// there all the time and shares a layer with the others. Skipped where there is
// no strace or no such disk.
class FaultTestBase : public PlatformTestBase {
 protected:
  void SetUp() override;
  void TearDown() override;

  // `registryd_flags` are added to --store_reserve=0.
  void Start(const std::vector<std::string>& registryd_flags = {});

  // An image that says `version`, of keep's layer and two of its own; or of
  // keep's and one with so many bytes.
  static std::string Archive(const std::string& version,
                             Layout layout = Layout::kDocker25);
  static std::string LargeArchive(size_t bytes);

  CommandResult Faas(const std::vector<std::string>& arguments,
                     const std::string& input = "");
  // The same, where nothing is in the way.
  void MustFaas(const std::vector<std::string>& arguments,
                const std::string& input = "");
  // One line on standard error, with the category at its end.
  static void ExpectRefused(const CommandResult& result,
                            const std::string& category);

  bool Exists(const std::string& name);
  // Soon: gatewayd and runnerd follow the registry.
  void ExpectAnswer(const std::string& name, const std::string& says);
  // See StoreProblems; soon, for registryd begins with a sweep.
  void ExpectStoreIsWhole();
  // Nothing is there that the registry does not know, after "faas gc".
  void ExpectClean();
  // Kills registryd if it runs, and starts it.
  void RestartRegistryd();
  std::string RegistryJson();

  SmallDisk& disk() { return *disk_; }

 private:
  std::unique_ptr<SmallDisk> disk_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_FAULT_TEST_BASE_H_
