// Sends hostile and broken archives through the real platform and the real
// command. Each is refused with one line that says why, and leaves nothing
// behind. Odd archives that are right are taken.

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "testing/status_matchers.h"
#include "testing/victim_image.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/hostile_oracle.h"
#include "tests/security/sentinel.h"

namespace faas::testing {
namespace {

// A GroupTest has one platform for all cases of a group.
template <typename Case>
class GroupTest : public ::testing::TestWithParam<Case> {
 protected:
  static void StartWith(const std::vector<std::string>& registryd_flags) {
    if (oracle_ != nullptr) return;
    auto oracle = HostileOracle::Start(registryd_flags);
    ASSERT_OK(oracle);
    oracle_ = *std::move(oracle);
  }

  void SetUp() override {
    StartWith({});
    if (oracle_ != nullptr) log_begin_ = oracle_->platform().log().Size();
  }

  static void TearDownTestSuite() { oracle_ = nullptr; }

  void TearDown() override {
    if (!this->HasFailure() || oracle_ == nullptr) return;
    std::printf("---- log of the daemons ----\n%s----\n",
                oracle_->platform().log().TextFrom(log_begin_).c_str());
  }

  static std::unique_ptr<HostileOracle> oracle_;
  size_t log_begin_ = 0;
};

template <typename Case>
std::unique_ptr<HostileOracle> GroupTest<Case>::oracle_;

template <typename Case>
std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class HostileArchivesTest : public GroupTest<HostileCase> {};

TEST_P(HostileArchivesTest, IsRefused) { oracle_->ExpectRefused(GetParam()); }

class LargeBombsTest : public GroupTest<HostileCase> {
 protected:
  void SetUp() override {
    StartWith(LargeBombFlags());
    GroupTest::SetUp();
  }
};

TEST_P(LargeBombsTest, IsRefused) { oracle_->ExpectRefused(GetParam()); }

class LegalArchivesTest : public GroupTest<LegalCase> {};

TEST_P(LegalArchivesTest, IsTaken) { oracle_->ExpectTaken(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Tar, HostileArchivesTest,
                         ::testing::ValuesIn(BrokenArchives()),
                         NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Compression, HostileArchivesTest,
                         ::testing::ValuesIn(BrokenCompression()),
                         NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Manifest, HostileArchivesTest,
                         ::testing::ValuesIn(ManifestCases()),
                         NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Blobs, HostileArchivesTest,
                         ::testing::ValuesIn(BlobCases()), NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Oci, HostileArchivesTest,
                         ::testing::ValuesIn(OciCases()), NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Paths, HostileArchivesTest,
                         ::testing::ValuesIn(PathCases()), NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Links, HostileArchivesTest,
                         ::testing::ValuesIn(LinkCases()), NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Bombs, HostileArchivesTest,
                         ::testing::ValuesIn(Bombs()), NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Entries, HostileArchivesTest,
                         ::testing::ValuesIn(EntryBombs()),
                         NameOf<HostileCase>);
INSTANTIATE_TEST_SUITE_P(Bombs, LargeBombsTest,
                         ::testing::ValuesIn(LargeBombs()),
                         NameOf<HostileCase>);

INSTANTIATE_TEST_SUITE_P(Archives, LegalArchivesTest,
                         ::testing::ValuesIn(LegalArchives()),
                         NameOf<LegalCase>);
INSTANTIATE_TEST_SUITE_P(Trees, LegalArchivesTest,
                         ::testing::ValuesIn(LegalTrees()), NameOf<LegalCase>);
INSTANTIATE_TEST_SUITE_P(Aimed, LegalArchivesTest,
                         ::testing::ValuesIn(AimedTrees()), NameOf<LegalCase>);

class HostileUploadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto oracle = HostileOracle::Start({});
    ASSERT_OK(oracle);
    oracle_ = *std::move(oracle);
  }

  std::unique_ptr<HostileOracle> oracle_;
};

TEST_F(HostileUploadTest, KilledClientLeavesNothing) {
  oracle_->ExpectKilledClientLeavesNothing(
      HostileLayer({FileEntry("large", RandomBytes(8 << 20))}), "large");
}

TEST_F(HostileUploadTest, UsersOfTheHostAreNotTheImages) {
  ImageSettings settings;
  settings.cmd = {"/victim", "say", "captured"};
  settings.user = "sentinel";
  const std::string archive =
      VictimImage({})
          .AddLayer(MakeTar({SymlinkEntry(
              "etc/passwd", SentinelPath() + "/directory/passwd")}))
          .SetSettings(settings)
          .Save(Layout::kDocker25);
  const CommandResult result =
      oracle_->platform().Faas({"new", "other"}, archive);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("sentinel"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace faas::testing
