// Tests `faas update` while registryd is killed at every step of it.

#include "tests/faults/crash_sweep.h"
#include "tests/faults/state_check.h"

namespace faas::testing {
namespace {

// Any small file will do.
constexpr char kSecret[] = "--secret=release=/etc/os-release";

class UpdateCrashTest : public CrashSweep {
 protected:
  void StartWithFunction(const std::vector<std::string>& flags = {}) {
    ASSERT_NO_FATAL_FAILURE(Start(flags));
    MustFaas({"new", "crash", "-", kSecret}, Archive(Version(1)));
  }

  void Prepare() override { revision_ = Revision(); }

  bool Run() override { return Update().exit_code == 0; }

  void Check(bool acknowledged) override {
    const int now = Revision();
    if (acknowledged) {
      EXPECT_EQ(now, revision_ + 1);
    } else {
      EXPECT_TRUE(now == revision_ || now == revision_ + 1) << now;
    }
    ExpectAnswer("crash", Version(now));
    if (now == revision_) {
      EXPECT_EQ(Update().exit_code, 0);
      ExpectAnswer("crash", Version(now + 1));
    }
    ExpectClean();
  }

  bool IsDone(const Functions& functions) override {
    return functions.at("crash").revision == revision_ + 1;
  }

  bool Settled() override {
    // Without a grace time, the old layers go with the old mount.
    return !without_grace_ || StoredLayers() == 3;
  }

  int Revision() {
    return StoredFunctions(platform().state_dir())["crash"].revision;
  }
  CommandResult Update() {
    return Faas({"update", "crash"}, Archive(Version(revision_ + 1)));
  }
  static std::string Version(int revision) {
    return "version " + std::to_string(revision);
  }
  int StoredLayers() {
    const std::filesystem::directory_iterator layers(platform().state_dir() +
                                                     "/layers");
    return static_cast<int>(std::distance(begin(layers), end(layers)));
  }

  int revision_ = 0;
  bool without_grace_ = false;
};

TEST_F(UpdateCrashTest, ChangesAndSyncs) {
  ASSERT_NO_FATAL_FAILURE(StartWithFunction());
  SweepChanges();
}

TEST_F(UpdateCrashTest, Writes) {
  ASSERT_NO_FATAL_FAILURE(StartWithFunction());
  SweepWrites();
}

TEST_F(UpdateCrashTest, ChangesAndSyncsWithTheSweepOfTheOldLayers) {
  without_grace_ = true;
  ASSERT_NO_FATAL_FAILURE(StartWithFunction({"--layer_grace=0s"}));
  SweepChanges();
}

}  // namespace
}  // namespace faas::testing
