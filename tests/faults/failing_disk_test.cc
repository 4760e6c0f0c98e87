// Tests a disk that fails: what could not be made durable has not happened, and
// everything that is there goes on.

#include "tests/faults/fault_test_base.h"
#include "tests/faults/strace.h"

namespace faas::testing {
namespace {

constexpr char kNewRegistry[] = "/registry.json.tmp";

class FailingDiskTest : public FaultTestBase {
 protected:
  void ExpectAllIsAsBefore(const std::string& registry) {
    EXPECT_EQ(RegistryJson(), registry);
    EXPECT_FALSE(Exists("new"));
    ExpectAnswer("keep", "keep");
    ExpectAnswer("old", "old");
    MustFaas({"ip", "keep"});
    EXPECT_GT(Faas({"ip", "new"}).exit_code, 0);
  }
};

// A SyncFault is a failure of system calls on some files of the state
// directory, or on any file if `paths` is empty.
struct SyncFault {
  const char* name;
  const char* calls;
  std::vector<std::string> paths;
  // Whether "faas rm" makes these calls too.
  bool of_remove;
  const char* effect = "error=EIO";
};

class SyncFaultTest : public FailingDiskTest,
                      public ::testing::WithParamInterface<SyncFault> {
 protected:
  void ExpectRefusedUnderTheFault(const std::vector<std::string>& arguments,
                                  const std::string& input = "") {
    const SyncFault& fault = GetParam();
    SCOPED_TRACE(arguments[0]);
    Disturbance disturbance = {.calls = fault.calls, .effect = fault.effect};
    for (const std::string& path : fault.paths) {
      disturbance.paths.push_back(platform().state_dir() + path);
    }
    const auto strace =
        Strace::Attach(platform().DaemonPid("registryd"), disturbance);
    ASSERT_OK(strace);
    ExpectRefused(Faas(arguments, input), "STORAGE");
    EXPECT_THAT((*strace)->Detach(), ::testing::HasSubstr("(INJECTED)"));
  }
};

TEST_P(SyncFaultTest, WhatIsNotDurableHasNotHappened) {
  ASSERT_NO_FATAL_FAILURE(Start());
  MustFaas({"new", "old"}, Archive("old"));
  ExpectAnswer("old", "old");
  const std::string registry = RegistryJson();
  ExpectRefusedUnderTheFault({"new", "new"}, Archive("new"));
  ExpectRefusedUnderTheFault({"update", "old"}, Archive("new"));
  if (GetParam().of_remove) ExpectRefusedUnderTheFault({"rm", "old"});
  ExpectAllIsAsBefore(registry);
  ExpectClean();
  RestartRegistryd();
  ExpectAllIsAsBefore(registry);
  ExpectClean();
  // The disk works again.
  MustFaas({"new", "new"}, Archive("new"));
  ExpectAnswer("new", "new");
  MustFaas({"update", "old"}, Archive("newer"));
  ExpectAnswer("old", "newer");
  MustFaas({"rm", "old"});
  ExpectClean();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SyncFaultTest,
    ::testing::Values(SyncFault{"All", "fsync,fdatasync,syncfs", {}, true},
                      SyncFault{"Layers", "syncfs", {}, false},
                      SyncFault{"LayersDirectory", "fsync", {"/layers"}, false},
                      SyncFault{"Registry", "fsync", {kNewRegistry}, true},
                      SyncFault{"RegistryDirectory", "fsync", {""}, true},
                      // The attempt to write the old registry back fails as
                      // well.
                      SyncFault{"RegistryDirectoryAndAllAfterIt",
                                "fsync",
                                {kNewRegistry, ""},
                                true,
                                "error=EIO:when=2+"},
                      SyncFault{
                          "RegistryRename", "rename", {kNewRegistry}, true}),
    [](const auto& param) { return std::string(param.param.name); });

// ext4 makes itself read-only when it has met an error.
TEST_F(FailingDiskTest, FunctionsAnswerFromAReadOnlyDisk) {
  ASSERT_NO_FATAL_FAILURE(Start());
  MustFaas({"new", "old"}, Archive("old"));
  const std::string registry = RegistryJson();
  ASSERT_OK(disk().MakeReadOnly());
  ExpectRefused(Faas({"new", "new"}, Archive("new")), "STORAGE");
  ExpectRefused(Faas({"update", "old"}, Archive("new")), "STORAGE");
  ExpectRefused(Faas({"rm", "old"}), "STORAGE");
  ExpectAllIsAsBefore(registry);
}

// One call fails while the layers are moved into the store, when others are
// already there.
TEST_F(FailingDiskTest, LayersOfAFailedDeployAreRemoved) {
  ASSERT_NO_FATAL_FAILURE(Start());
  MustFaas({"new", "old"}, Archive("old"));
  const std::string registry = RegistryJson();
  // Two renames move the layers' trees into their directories, and two move
  // those into the store.
  for (int n = 1; n <= 4; ++n) {
    SCOPED_TRACE(n);
    const auto strace = Strace::Attach(
        platform().DaemonPid("registryd"),
        {.calls = "rename", .effect = "error=EIO:when=" + std::to_string(n)});
    ASSERT_OK(strace);
    ExpectRefused(Faas({"new", "new"}, Archive("new")), "STORAGE");
    EXPECT_THAT((*strace)->Detach(), ::testing::HasSubstr("(INJECTED)"));
    ExpectAllIsAsBefore(registry);
    ExpectClean();
  }
}

}  // namespace
}  // namespace faas::testing
