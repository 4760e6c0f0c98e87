// foreign-abi calls the same kernel through other interfaces, whose numbers a
// filter of the usual interface would not know.

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

#ifdef __x86_64__

constexpr long kX32Bit = 0x40000000;
// Numbers of <asm/unistd_32.h>, which is only for 32-bit programs.
constexpr long kGetpid32 = 20;
constexpr long kSocket32 = 359;
constexpr long kPtrace32 = 26;

long Int80(long number, long first, long second, long third) {
  long result = number;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(first), "c"(second), "d"(third), "S"(0L)
               : "memory", "cc", "r8", "r9", "r10", "r11");
  const int narrow = static_cast<int>(result);
  if (narrow >= 0) return narrow;
  errno = -narrow;
  return -1;
}

#endif

}  // namespace

void ForeignAbi(Attempt* attempt) {
#ifdef __x86_64__
  attempt->Try("int80 getpid", [] { return Int80(kGetpid32, 0, 0, 0); });
  // AF_INET, SOCK_STREAM
  attempt->Try("int80 socket", [] { return Int80(kSocket32, 2, 1, 0); });
  // PTRACE_TRACEME
  attempt->Try("int80 ptrace", [] { return Int80(kPtrace32, 0, 0, 0); });
  attempt->Try("x32 getpid", [] { return syscall(kX32Bit | SYS_getpid); });
  attempt->Try("x32 socket",
               [] { return syscall(kX32Bit | SYS_socket, 2, 1, 0); });
#else
  attempt->Tell("no other ABI", "ENOSYS");
#endif
}

}  // namespace faas::escape
