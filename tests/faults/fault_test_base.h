#ifndef FAAS_TESTS_FAULTS_FAULT_TEST_BASE_H_
#define FAAS_TESTS_FAULTS_FAULT_TEST_BASE_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/faults/small_disk.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {

// A FaultTestBase is a test of faults under registryd. The state directory is
// on a small disk, the daemons were started one by one, and the function "keep"
// is there all the time and shares a layer with the others. The tests are
// skipped where there is no strace or no such disk.
class FaultTestBase : public PlatformTestBase {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Starts the daemons. `registryd_flags` are added to --store_reserve=0.
  void Start(const std::vector<std::string>& registryd_flags = {});

  // Return an image of keep's layer with two layers that say `version`, or with
  // one layer of so many bytes.
  static std::string Archive(const std::string& version,
                             Layout layout = Layout::kDocker25);
  static std::string LargeArchive(size_t bytes);

  CommandResult Faas(const std::vector<std::string>& arguments,
                     const std::string& input = "");
  // Does the same and expects it to succeed.
  void MustFaas(const std::vector<std::string>& arguments,
                const std::string& input = "");
  // Expects one line of error with the category at its end.
  static void ExpectRefused(const CommandResult& result,
                            const std::string& category);

  bool Exists(const std::string& name);
  // Waits until the function answers, as gatewayd and runnerd follow the
  // registry.
  void ExpectAnswer(const std::string& name, const std::string& says);
  // Waits until there are no StoreProblems, as registryd begins with a sweep.
  void ExpectStoreIsWhole();
  // Expects that nothing is there that the registry does not know, after "faas
  // gc".
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
