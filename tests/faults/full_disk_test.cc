// Tests a full disk, a reserve and a quota: what does not fit is refused and
// leaves nothing, and everything that is there goes on.

#include "tests/faults/fault_test_base.h"
#include "tests/faults/strace.h"

namespace faas::testing {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

class FullDiskTest : public FaultTestBase {
 protected:
  // The layer is larger than the disk.
  static std::string TooLarge() { return LargeArchive(40 * kMiB); }

  void ExpectKeepIsAsBefore() {
    ExpectAnswer("keep", "keep");
    EXPECT_FALSE(Exists("new"));
    ExpectClean();
  }

  void ExpectChangesWork() {
    MustFaas({"new", "new"}, Archive("new"));
    ExpectAnswer("new", "new");
    MustFaas({"update", "keep"}, Archive("updated"));
    ExpectAnswer("keep", "updated");
    MustFaas({"rm", "new"});
    ExpectClean();
  }
};

TEST_F(FullDiskTest, DeployThatDoesNotFitLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const uint64_t free = disk().FreeBytes();
  const std::string archive = TooLarge();
  for (int i = 0; i < 2; ++i) {
    ExpectRefused(Faas({"new", "new"}, archive), "STORAGE");
    ExpectKeepIsAsBefore();
    EXPECT_TRUE(WaitUntil([&] { return disk().FreeBytes() + 65536 >= free; }))
        << disk().FreeBytes() << " bytes free instead of " << free;
  }
  ExpectRefused(Faas({"update", "keep"}, archive), "STORAGE");
  ExpectKeepIsAsBefore();
  ExpectChangesWork();
}

TEST_F(FullDiskTest, ReserveIsKeptBeforeAnythingIsRead) {
  ASSERT_NO_FATAL_FAILURE(Start({"--store_reserve=8388608"}));
  ASSERT_OK(disk().Fill(4 * kMiB));
  // The archive is not even looked at.
  const CommandResult refused = Faas({"new", "new"}, "no image");
  ExpectRefused(refused, "STORAGE");
  EXPECT_THAT(refused.err, ::testing::HasSubstr("8388608 are kept in reserve"));
  EXPECT_THAT(refused.err, ::testing::HasSubstr("store_reserve"));
  ExpectRefused(Faas({"update", "keep"}, Archive("updated")), "STORAGE");
  ExpectKeepIsAsBefore();
  disk().Release();
  ExpectChangesWork();
}

TEST_F(FullDiskTest, ReserveIsKeptWhileADeployGoesOn) {
  ASSERT_NO_FATAL_FAILURE(Start({"--store_reserve=8388608"}));
  ExpectRefused(Faas({"new", "new"}, TooLarge()), "STORAGE");
  ExpectKeepIsAsBefore();
  ExpectChangesWork();
}

TEST_F(FullDiskTest, RegistryThatCannotBeWrittenStaysAsItIs) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_OK(disk().Fill());
  const std::string registry = RegistryJson();
  ExpectRefused(Faas({"rm", "keep"}), "STORAGE");
  ExpectRefused(Faas({"new", "new"}, VictimArchive({"say", "new"})), "STORAGE");
  ExpectRefused(Faas({"update", "keep"}, VictimArchive({"say", "new"})),
                "STORAGE");
  EXPECT_EQ(RegistryJson(), registry);
  ExpectKeepIsAsBefore();
  // What is on the disk is what registryd says.
  RestartRegistryd();
  ExpectKeepIsAsBefore();
  disk().Release();
  ExpectChangesWork();
  MustFaas({"rm", "keep"});
  ExpectClean();
}

// The same happens at the very end of a deploy, when everything but the
// registry has been written.
TEST_F(FullDiskTest, DeployThatFitsButForTheRegistryLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string registry = RegistryJson();
  {
    const auto strace = Strace::Attach(
        platform().DaemonPid("registryd"),
        {.calls = "write",
         .effect = "error=ENOSPC",
         .paths = {platform().state_dir() + "/registry.json.tmp"}});
    ASSERT_OK(strace);
    ExpectRefused(Faas({"new", "new"}, Archive("new")), "STORAGE");
    ExpectRefused(Faas({"update", "keep"}, Archive("new")), "STORAGE");
    EXPECT_THAT((*strace)->Detach(), ::testing::HasSubstr("(INJECTED)"));
  }
  EXPECT_EQ(RegistryJson(), registry);
  ExpectKeepIsAsBefore();
  ExpectChangesWork();
}

TEST_F(FullDiskTest, GarbageIsRemovedFromAFullDisk) {
  ASSERT_NO_FATAL_FAILURE(Start());
  MustFaas({"new", "large"}, LargeArchive(8 * kMiB));
  MustFaas({"rm", "large"});
  ASSERT_OK(disk().Fill());
  MustFaas({"gc"});
  EXPECT_TRUE(WaitUntil([&] { return disk().FreeBytes() >= 8 * kMiB; }));
  ExpectKeepIsAsBefore();
}

TEST_F(FullDiskTest, QuotaIsKept) {
  ASSERT_NO_FATAL_FAILURE(Start({"--store_quota=10485760"}));
  const CommandResult refused = Faas({"new", "new"}, LargeArchive(9 * kMiB));
  ExpectRefused(refused, "LIMIT");
  EXPECT_THAT(refused.err, ::testing::HasSubstr("10485760 bytes"));
  EXPECT_THAT(refused.err, ::testing::HasSubstr("store_quota"));
  ExpectRefused(Faas({"update", "keep"}, LargeArchive(9 * kMiB)), "LIMIT");
  ExpectKeepIsAsBefore();
  ExpectChangesWork();
  // Layers within their grace time are removed to make room.
  MustFaas({"new", "large"}, LargeArchive(6 * kMiB));
  MustFaas({"rm", "large"});
  MustFaas({"new", "large"}, LargeArchive(5 * kMiB));
  ExpectAnswer("large", "large");
  MustFaas({"rm", "large"});
  ExpectClean();
}

}  // namespace
}  // namespace faas::testing
