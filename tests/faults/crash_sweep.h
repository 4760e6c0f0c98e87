#ifndef FAAS_TESTS_FAULTS_CRASH_SWEEP_H_
#define FAAS_TESTS_FAULTS_CRASH_SWEEP_H_

#include <map>
#include <string>

#include "tests/faults/fault_test_base.h"
#include "tests/faults/state_check.h"

namespace faas::testing {

// Kills registryd right before the first, the second, ... system call of a kind
// that an operation makes, until the operation survives, and looks after each
// kill, with registryd started again, whether everything is as it may be; and
// whether it would be if the power had failed with registryd.
//
// One platform serves all points. strace counts for each thread by itself: the
// first thread that comes to its N-th call is where it ends. As nearly all that
// changes the disk is done by the one thread that serves the call, little is
// missed; what the janitor's thread does, the call CollectGarbage does, too.
class CrashSweep : public FaultTestBase {
 protected:
  // The operation: the state before it; the operation itself and whether it was
  // acknowledged; the checks after it. The latter leave what Prepare takes.
  virtual void Prepare() {}
  virtual bool Run() = 0;
  virtual void Check(bool acknowledged) = 0;
  // Whether what follows the acknowledgement has been done.
  virtual bool Settled() { return true; }
  // Whether a registry is one of after the operation, and not of before.
  virtual bool IsDone(const Functions& functions) = 0;

  // Every call that makes a change, or makes one durable.
  void SweepChanges();
  // The last writes, of which those of the registry are some, and a sample of
  // those before.
  void SweepWrites();

 private:
  // How many calls of each kind the operation makes.
  std::map<std::string, int> Record(const std::string& calls);
  // Whether registryd was killed, at its `n`-th `call`.
  bool KillAt(const std::string& call, int n);
  bool Survived();
  // What is on the disk now, and not only in memory, is whole.
  void CheckPowerCut(bool acknowledged);
  void Report(const std::string& call, int points);
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_CRASH_SWEEP_H_
