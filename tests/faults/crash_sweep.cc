#include "tests/faults/crash_sweep.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/faults/state_check.h"
#include "tests/faults/strace.h"

namespace faas::testing {
namespace {

const std::vector<std::string>& ChangingCalls() {
  static const auto* const calls = new std::vector<std::string>{
      "rename", "renameat", "renameat2", "fsync", "fdatasync",
      "syncfs", "mkdir",    "mkdirat",   "link",  "linkat",
      "unlink", "unlinkat", "rmdir"};
  return *calls;
}

// How many of the last writes are all swept, and how many of those before them.
constexpr int kLastWrites = 30;
constexpr int kSampledWrites = 12;

// Returns whether `call` is one that removal consists of. The garbage
// collector's thread makes such calls, or the thread that serves the API call.
bool MayMoveBetweenThreads(const std::string& call) {
  return call == "rename" || call == "rmdir" || call == "unlink" ||
         call == "unlinkat";
}

}  // namespace

bool CrashSweep::Survived() {
  Daemon* const registryd = platform().daemon("registryd");
  bool serves = false;
  // The command would wait a while for a daemon that is not there.
  WaitUntil([&] {
    serves = registryd->running() && Faas({"list"}).exit_code == 0;
    return serves || !registryd->running();
  });
  return serves;
}

std::map<std::string, int> CrashSweep::Record(const std::string& calls) {
  Prepare();
  auto strace =
      Strace::Attach(platform().daemon("registryd")->pid(), {.calls = calls});
  EXPECT_OK(strace);
  if (!strace.ok()) return {};
  const bool acknowledged = Run();
  EXPECT_TRUE(acknowledged);
  EXPECT_TRUE(WaitUntil([this] { return Settled(); }));
  std::map<std::string, int> counts = MostCallsOfAThread((*strace)->Detach());
  Check(acknowledged);
  return counts;
}

bool CrashSweep::KillAt(const std::string& call, int n) {
  Prepare();
  Daemon* const registryd = platform().daemon("registryd");
  auto strace = Strace::Attach(
      registryd->pid(),
      {.calls = call, .effect = absl::StrCat("signal=KILL:when=", n)});
  EXPECT_OK(strace);
  if (!strace.ok()) return false;
  const bool acknowledged = Run();
  EXPECT_TRUE(WaitUntil([&] { return !registryd->running() || Settled(); }));
  const std::string calls = (*strace)->Detach();
  SCOPED_TRACE(absl::StrCat("killed at ", call, " number ", n,
                            acknowledged ? ", acknowledged" : "", ":\n",
                            calls));
  const bool survived = Survived();
  CheckPowerCut(acknowledged);
  // The function that was there answers without registryd.
  ExpectAnswer("keep", "keep");
  // strace follows children, so it may have killed an extractor. Then the
  // operation has failed, and registryd goes on.
  const bool extractor_killed = survived && absl::StrContains(calls, "= ?");
  if (survived) {
    EXPECT_EQ(acknowledged, !extractor_killed);
  } else {
    RestartRegistryd();
    ExpectStoreIsWhole();
  }
  Check(acknowledged);
  return !survived || extractor_killed;
}

void CrashSweep::CheckPowerCut(bool acknowledged) {
  const auto after = disk().CutPower();
  ASSERT_OK(after);
  const std::string state_dir = (*after)->path() + "/state";
  EXPECT_EQ(PowerCutProblems(state_dir, platform().state_dir()), "");
  const Functions functions = StoredFunctions(state_dir);
  EXPECT_EQ(functions.count("keep"), 1u);
  EXPECT_TRUE(IsDone(functions) || !acknowledged);
}

void CrashSweep::Report(const std::string& call, int points) {
  std::printf("swept: %-10s %3d points\n", call.c_str(), points);
  std::fflush(stdout);
  RecordProperty(call, points);
}

void CrashSweep::SweepChanges() {
  const auto counts = Record(absl::StrJoin(ChangingCalls(), ","));
  EXPECT_FALSE(counts.empty());
  for (const auto& [call, count] : counts) {
    // strace counts the calls of each thread. Which thread removes what differs
    // from run to run, so a number may not occur where the next one does.
    // Everything that makes changes durable happens on the thread that serves
    // the call.
    int points = 0;
    bool killed = true;
    for (int n = 1; !HasFailure() && (killed || n <= count); ++n) {
      killed = KillAt(call, n) || (n <= count && KillAt(call, n));
      if (killed) ++points;
    }
    Report(call, points);
    EXPECT_GE(points, MayMoveBetweenThreads(call) ? 1 : count) << call;
    if (HasFailure()) return;
  }
}

void CrashSweep::SweepWrites() {
  for (const auto& [call, count] : Record("write,pwrite64")) {
    const int last = std::max(count - kLastWrites, 0);
    const int step = std::max(last / kSampledWrites, 1);
    int points = 0;
    for (int n = 1; n <= count && !HasFailure(); n += n > last ? 1 : step) {
      if (KillAt(call, n)) ++points;
    }
    Report(call, points);
    EXPECT_GT(points, 0) << call;
  }
}

}  // namespace faas::testing
