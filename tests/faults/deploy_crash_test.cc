// Tests `faas new` while registryd is killed at every step of it.

#include "tests/faults/crash_sweep.h"

namespace faas::testing {
namespace {

// Any small file will do.
constexpr char kSecret[] = "--secret=release=/etc/os-release";

class DeployCrashTest : public CrashSweep {
 protected:
  // The shared layer comes in a compression that the record of the function
  // "keep" does not know, so that the record is rewritten.
  void Prepare() override {
    MustFaas({"rm", "keep"});
    MustFaas({"gc"});
    DeployVictim("keep", {"say", "keep"});
  }

  bool Run() override {
    return Faas({"new", "crash", "-", kSecret}, Image()).exit_code == 0;
  }

  void Check(bool acknowledged) override {
    const bool exists = Exists("crash");
    EXPECT_TRUE(exists || !acknowledged);
    if (exists) {
      ExpectAnswer("crash", "new");
    } else {
      EXPECT_GT(Faas({"ip", "crash"}).exit_code, 0);
      // What is half done is in nobody's way.
      MustFaas({"new", "crash", "-", kSecret}, Image());
      ExpectAnswer("crash", "new");
    }
    ExpectClean();
    MustFaas({"rm", "crash"});
    ExpectClean();
  }

  bool IsDone(const Functions& functions) override {
    return functions.count("crash") > 0;
  }

  static std::string Image() { return Archive("new", Layout::kContainerd); }
};

TEST_F(DeployCrashTest, ChangesAndSyncs) {
  ASSERT_NO_FATAL_FAILURE(Start());
  SweepChanges();
}

TEST_F(DeployCrashTest, Writes) {
  ASSERT_NO_FATAL_FAILURE(Start());
  SweepWrites();
}

}  // namespace
}  // namespace faas::testing
