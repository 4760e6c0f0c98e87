// memory looks for where memory lies, of this process or of others.

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {

void Memory(Attempt* attempt) {
  attempt->Try("mbind", [] {
    void* const page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return syscall(SYS_mbind, page, 4096, 0, nullptr, 0, 0);
  });
  attempt->Try("set_mempolicy",
               [] { return syscall(SYS_set_mempolicy, 0, nullptr, 0); });
  attempt->Try("move_pages", [] {
    return syscall(SYS_move_pages, 0, 0, nullptr, nullptr, nullptr, 0);
  });
  attempt->Try("migrate_pages", [] {
    unsigned long node = 1;
    return syscall(SYS_migrate_pages, 0, 64, &node, &node);
  });
}

}  // namespace faas::escape
