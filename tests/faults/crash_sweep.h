#ifndef FAAS_TESTS_FAULTS_CRASH_SWEEP_H_
#define FAAS_TESTS_FAULTS_CRASH_SWEEP_H_

#include <map>
#include <string>

#include "tests/faults/fault_test_base.h"
#include "tests/faults/state_check.h"

namespace faas::testing {

// A CrashSweep is a test that kills registryd at every step of an operation. It
// kills registryd right before the first, the second, ... system call of a
// kind, until the operation survives. After each kill it starts registryd again
// and checks that everything is as it may be, and that it would be so if the
// power had failed with registryd.
//
// One platform serves all steps. strace counts the calls of each thread by
// itself, and the first thread that comes to its N-th call ends the process.
// Nearly all changes of the disk are made by the one thread that serves the
// call, so little is missed. What the garbage collector's thread does, the call
// CollectGarbage does too.
class CrashSweep : public FaultTestBase {
 protected:
  // Prepare makes the state before the operation. Run performs the operation
  // and returns whether it was acknowledged. Check looks at the state after it,
  // and leaves what Prepare needs.
  virtual void Prepare() {}
  virtual bool Run() = 0;
  virtual void Check(bool acknowledged) = 0;
  // Returns whether what follows the acknowledgement has been done.
  virtual bool Settled() { return true; }
  // Returns whether a registry is that of after the operation, not of before.
  virtual bool IsDone(const Functions& functions) = 0;

  // Kills registryd at every call that makes a change or makes one durable.
  void SweepChanges();
  // Kills registryd at the last writes, of which some are those of the
  // registry, and at a sample of the writes before them.
  void SweepWrites();

 private:
  // Returns how many calls of each kind the operation makes.
  std::map<std::string, int> Record(const std::string& calls);
  // Returns whether registryd was killed at its `n`-th `call`.
  bool KillAt(const std::string& call, int n);
  bool Survived();
  // Checks that what is on the disk now, and not only in memory, is whole.
  void CheckPowerCut(bool acknowledged);
  void Report(const std::string& call, int points);
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_CRASH_SWEEP_H_
