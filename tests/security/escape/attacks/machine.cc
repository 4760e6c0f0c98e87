// machine makes calls that would change the host as a whole. The arguments are
// such that nothing happens even to somebody who may make the call. A kernel
// that looks at them says so.

#include <sys/acct.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/quota.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr char kNoFile[] = "/faas-escape-none";

void Modules(Attempt* attempt) {
  attempt->Try("init_module",
               [] { return syscall(SYS_init_module, nullptr, 0, ""); });
  attempt->Try("finit_module",
               [] { return syscall(SYS_finit_module, -1, "", 0); });
  attempt->Try("delete_module",
               [] { return syscall(SYS_delete_module, kNoFile + 1, 0); });
  // These flags do not exist. Without segments the call would unload a kernel.
  attempt->Try("kexec_load",
               [] { return syscall(SYS_kexec_load, 0, 0, nullptr, 0x8000); });
  attempt->Try("kexec_file_load", [] {
    return syscall(SYS_kexec_file_load, -1, -1, 0, nullptr, 0x8000);
  });
  // This is none of its magic numbers.
  attempt->Try("reboot", [] { return syscall(SYS_reboot, 0, 0, 0, nullptr); });
}

void Clocks(Attempt* attempt) {
  attempt->Try("settimeofday",
               [] { return syscall(SYS_settimeofday, nullptr, nullptr); });
  attempt->Try("clock_settime",
               [] { return syscall(SYS_clock_settime, 0, nullptr); });
  attempt->Try("adjtimex", [] {
    timex change = {};
    change.modes = ADJ_TICK;  // of 0: out of range
    return syscall(SYS_adjtimex, &change);
  });
  attempt->Try("clock_adjtime", [] {
    timex change = {};
    change.modes = ADJ_TICK;
    return syscall(SYS_clock_adjtime, 0, &change);
  });
}

}  // namespace

void Machine(Attempt* attempt) {
  Modules(attempt);
  Clocks(attempt);
  attempt->Try("swapon", [] { return swapon(kNoFile, 0); });
  attempt->Try("swapoff", [] { return swapoff(kNoFile); });
  attempt->Try("acct", [] { return acct(kNoFile); });
  attempt->Try("quotactl", [] {
    return quotactl(QCMD(Q_GETINFO, USRQUOTA), kNoFile, 0, nullptr);
  });
  attempt->Try("syslog", [] {
    char log[256];
    return klogctl(3, log, sizeof(log));
  });
  attempt->Try("vhangup", [] {
    setsid();  // without a terminal there is nothing to hang up
    return vhangup();
  });
#ifdef __x86_64__
  attempt->Try("iopl", [] { return iopl(3); });
  attempt->Try("ioperm", [] { return ioperm(0x80, 1, 1); });
#endif
#ifdef SYS_lookup_dcookie
  attempt->Try("lookup_dcookie", [] {
    char path[64];
    return syscall(SYS_lookup_dcookie, 0, path, sizeof(path));
  });
#endif
#ifdef SYS_uselib
  attempt->Try("uselib", [] { return syscall(SYS_uselib, kNoFile); });
#endif
}

}  // namespace faas::escape
