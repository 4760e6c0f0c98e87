// keys uses the kernel's keyrings, which are not divided as users are.

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {

void Keys(Attempt* attempt) {
  attempt->Try("add_key", [] {
    return syscall(SYS_add_key, "user", "faas-escape", "x", 1,
                   KEY_SPEC_PROCESS_KEYRING);
  });
  attempt->Try("request_key", [] {
    return syscall(SYS_request_key, "user", "faas-escape-none", nullptr, 0);
  });
  attempt->Try("keyctl session", [] {
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING,
                   0);
  });
  attempt->Try("keyctl join", [] {
    return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  });
  attempt->Try("keyctl user", [] {
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1);
  });
}

}  // namespace faas::escape
