#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_

#include "tests/security/escape/attacks/attempt.h"

namespace faas::escape {

// Each attack has a file with its name: passed_socket.cc has PassedSocket,
// which is `attack run passed-socket`. The file says what the arguments are.
void ControlSocket(Attempt* attempt);
void Daemons(Attempt* attempt);
void Descriptors(Attempt* attempt);
void Devices(Attempt* attempt);
void ForeignAbi(Attempt* attempt);
void Handles(Attempt* attempt);
void HostFiles(Attempt* attempt);
void HostProc(Attempt* attempt);
void Identity(Attempt* attempt);
void KernelFiles(Attempt* attempt);
void Keys(Attempt* attempt);
void Machine(Attempt* attempt);
void Memory(Attempt* attempt);
void Namespaces(Attempt* attempt);
void Observers(Attempt* attempt);
void OwnSockets(Attempt* attempt);
void PassedSocket(Attempt* attempt);
void Peer(Attempt* attempt);
void Plant(Attempt* attempt);
void Privileges(Attempt* attempt);
void Processes(Attempt* attempt);
void RootFiles(Attempt* attempt);
void Search(Attempt* attempt);
void Tmpfs(Attempt* attempt);

// These exhaust something. The first argument is for how many seconds.
void CpuSpin(Attempt* attempt);
void DescriptorFill(Attempt* attempt);
void DiskFill(Attempt* attempt);
void ForkBomb(Attempt* attempt);
void KernelObjectFill(Attempt* attempt);
void MemoryBomb(Attempt* attempt);
void OutputFlood(Attempt* attempt);

// This is no attack. It does what a function may do, as a neighbour of the
// others.
void Neighbour(Attempt* attempt);

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_
