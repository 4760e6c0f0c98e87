// Tests `faas rm` and `faas gc` while registryd is killed at every step of
// them.

#include "tests/faults/crash_sweep.h"

namespace faas::testing {
namespace {

class RemoveCrashTest : public CrashSweep {
 protected:
  void Prepare() override {
    MustFaas({"new", "crash"}, Archive("old"));
    ExpectAnswer("crash", "old");
  }

  bool Run() override { return Faas({"rm", "crash"}).exit_code == 0; }

  void Check(bool acknowledged) override {
    const bool exists = Exists("crash");
    EXPECT_FALSE(exists && acknowledged);
    if (exists) {
      ExpectAnswer("crash", "old");
      MustFaas({"rm", "crash"});
    }
    EXPECT_GT(Faas({"ip", "crash"}).exit_code, 0);
    ExpectClean();
  }

  bool IsDone(const Functions& functions) override {
    return functions.count("crash") == 0;
  }
};

TEST_F(RemoveCrashTest, ChangesAndSyncs) {
  ASSERT_NO_FATAL_FAILURE(Start());
  SweepChanges();
}

TEST_F(RemoveCrashTest, Writes) {
  ASSERT_NO_FATAL_FAILURE(Start());
  SweepWrites();
}

// The garbage collector removes the layers at once.
class RemoveAndSweepCrashTest : public RemoveCrashTest {
 protected:
  bool Settled() override {
    const std::string state_dir = platform().state_dir();
    const std::filesystem::directory_iterator layers(state_dir + "/layers");
    return std::distance(begin(layers), end(layers)) == 1 &&
           std::filesystem::is_empty(state_dir + "/staging");
  }
};

TEST_F(RemoveAndSweepCrashTest, ChangesAndSyncs) {
  ASSERT_NO_FATAL_FAILURE(Start({"--layer_grace=0s"}));
  SweepChanges();
}

// The thread that serves a call does what the garbage collector does.
class CollectCrashTest : public CrashSweep {
 protected:
  void Prepare() override {
    MustFaas({"new", "crash"}, Archive("old"));
    MustFaas({"rm", "crash"});
  }

  bool Run() override { return Faas({"gc"}).exit_code == 0; }

  void Check(bool) override { ExpectClean(); }

  bool IsDone(const Functions&) override { return true; }
};

TEST_F(CollectCrashTest, ChangesAndSyncs) {
  ASSERT_NO_FATAL_FAILURE(Start());
  SweepChanges();
}

}  // namespace
}  // namespace faas::testing
