// identity tells who this process is. `privileges` runs it as another program.

#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {

void Identity(Attempt* attempt) {
  attempt->Tell("uid", std::to_string(getuid()));
  attempt->Tell("euid", std::to_string(geteuid()));
  attempt->Tell("egid", std::to_string(getegid()));
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
                          "NoNewPrivs", "Seccomp"}) {
    attempt->Tell(set, StatusField(set));
  }
}

}  // namespace faas::escape
