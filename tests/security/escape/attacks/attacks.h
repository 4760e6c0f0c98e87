#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_

#include "tests/security/escape/attacks/attempt.h"

namespace faas::escape {

// One a file, named as the attack: passed_socket.cc has PassedSocket, which is
// `attack run passed-socket`. What the arguments are stands there.
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

// Those that exhaust something; the first argument is for how many seconds.
void CpuSpin(Attempt* attempt);
void DescriptorFill(Attempt* attempt);
void DiskFill(Attempt* attempt);
void ForkBomb(Attempt* attempt);
void KernelObjectFill(Attempt* attempt);
void MemoryBomb(Attempt* attempt);
void OutputFlood(Attempt* attempt);

// None: what a function may do, and a neighbour of these does.
void Neighbour(Attempt* attempt);

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTACKS_H_
