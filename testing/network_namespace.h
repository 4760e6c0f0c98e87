#ifndef FAAS_TESTING_NETWORK_NAMESPACE_H_
#define FAAS_TESTING_NETWORK_NAMESPACE_H_

#include "absl/status/status.h"

namespace faas::testing {

// Gives the calling process, which must have one thread, a network namespace of
// its own whose only interface, lo, is up. There every address and port is
// private. Fails with PERMISSION_DENIED without CAP_SYS_ADMIN.
absl::Status EnterNetworkNamespace();

// Returns whether this process or an ancestor of it has done so. Elsewhere
// tests send to 127.0.0.0/8 only.
bool InNetworkNamespace();

}  // namespace faas::testing

#endif  // FAAS_TESTING_NETWORK_NAMESPACE_H_
