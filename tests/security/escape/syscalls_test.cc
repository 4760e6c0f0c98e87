// Tests system calls that no function needs, and those that only a privileged
// process may make.

#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

TEST_F(EscapeTest, NamespacesAndMountsAreRefused) {
  ExpectRefusedInFunctions("namespaces");
}

TEST_F(EscapeTest, OtherProcessesAreOutOfReach) {
  ExpectRefusedInFunctions("processes");
}

TEST_F(EscapeTest, KeyringsAreRefused) { ExpectRefusedInFunctions("keys"); }

TEST_F(EscapeTest, ObserversOfTheKernelAreRefused) {
  ExpectRefusedInFunctions("observers");
}

TEST_F(EscapeTest, TheMachineIsNotToBeChanged) {
  ExpectRefusedInFunctions("machine");
}

TEST_F(EscapeTest, FilesByHandleAreRefused) {
  ExpectRefusedInFunctions("handles");
}

TEST_F(EscapeTest, PlacesOfMemoryAreRefused) {
  ExpectRefusedInFunctions("memory");
}

TEST_F(EscapeTest, OtherAbisAreNoWayAround) {
  ExpectRefusedInFunctions("foreign-abi");
}

}  // namespace
}  // namespace faas::escape
