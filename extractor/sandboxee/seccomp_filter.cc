#include "extractor/sandboxee/seccomp_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "common/base/errno_status.h"

// Headers may be older than this call. It has the same number on every machine.
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif

namespace faas::extractor {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "which audit architecture is this?"
#endif

// Calls with a greater number are newer than Linux 6.1.
constexpr uint32_t kLastKnownCall = 450;

constexpr uint32_t kAllowed[] = {
    // These use open files.
    __NR_read,
    __NR_write,
    __NR_pread64,
    __NR_pwrite64,
    __NR_readv,
    __NR_writev,
    __NR_lseek,
    __NR_close,
    __NR_fstat,
    __NR_ftruncate,
    __NR_fchmod,
    __NR_fchown,
    __NR_fsetxattr,
    __NR_fgetxattr,
    __NR_flistxattr,
    __NR_fremovexattr,
    __NR_copy_file_range,
    __NR_getdents64,
    __NR_fstatfs,
    // These use names, which reach only what is below the root.
    __NR_openat,
    __NR_openat2,
    __NR_newfstatat,
    __NR_mkdirat,
    __NR_mknodat,
    __NR_symlinkat,
    __NR_linkat,
    __NR_unlinkat,
    __NR_renameat,
    __NR_renameat2,
    __NR_readlinkat,
    __NR_fchownat,
    __NR_fchmodat,
    __NR_fchmodat2,
    __NR_utimensat,
    __NR_statx,
#if defined(__x86_64__)
    __NR_open,
    __NR_stat,
    __NR_lstat,
    __NR_mkdir,
    __NR_chmod,
    __NR_unlink,
    __NR_rmdir,
    __NR_readlink,
    __NR_poll,
    __NR_time,
#endif
    // These use memory. mmap, mprotect and mremap have rules of their own
    // below.
    __NR_munmap,
    __NR_brk,
    __NR_madvise,
    // These are for threads that exist already and wait for each other.
    __NR_futex,
    __NR_sched_yield,
    __NR_exit,
    __NR_exit_group,
    __NR_gettid,
    __NR_getpid,
    __NR_set_robust_list,
    __NR_rt_sigreturn,
    __NR_rt_sigprocmask,
    __NR_rt_sigaction,
    __NR_restart_syscall,
    // A mutex asks for the number of processors, to know how long to spin.
    __NR_sched_getaffinity,
    // These are for the socket to registryd.
    __NR_recvmsg,
    __NR_sendmsg,
    __NR_ppoll,
    // These are for clocks, and for the random numbers that hash tables need.
    __NR_clock_gettime,
    __NR_clock_nanosleep,
    __NR_nanosleep,
    __NR_gettimeofday,
    __NR_getrandom,
};

constexpr sock_filter Statement(uint16_t code, uint32_t k) {
  return {code, 0, 0, k};
}

constexpr sock_filter Jump(uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
  return {static_cast<uint16_t>(BPF_JMP | code | BPF_K), yes, no, k};
}

constexpr sock_filter Load(size_t offset) {
  return Statement(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset));
}

constexpr sock_filter Return(uint32_t action) {
  return Statement(BPF_RET | BPF_K, action);
}

// Loads the low half of an argument; both architectures are little-endian.
constexpr sock_filter LoadArgument(size_t n) {
  return Load(offsetof(seccomp_data, args) + n * sizeof(uint64_t));
}

// A FilterBuilder collects the instructions of a filter.
class FilterBuilder {
 public:
  FilterBuilder& Add(const std::vector<sock_filter>& more) {
    filter_.insert(filter_.end(), more.begin(), more.end());
    return *this;
  }

  void Allow(uint32_t call) {
    Add({Jump(BPF_JEQ, call, 0, 1), Return(SECCOMP_RET_ALLOW)});
  }

  // Allows `call` if none of `bits` is set in its argument. Otherwise it
  // returns EACCES.
  void AllowWithout(uint32_t call, size_t argument, uint32_t bits) {
    Add({Jump(BPF_JEQ, call, 0, 4), LoadArgument(argument),
         Jump(BPF_JSET, bits, 0, 1), Return(SECCOMP_RET_ERRNO | EACCES),
         Return(SECCOMP_RET_ALLOW)});
  }

  // Allows `call` if its argument is one of `values`. Otherwise it returns
  // ENOTTY, as an ioctl does that the file does not have.
  void AllowOnly(uint32_t call, size_t argument,
                 const std::vector<uint32_t>& values) {
    const auto rest = static_cast<uint8_t>(2 + 2 * values.size());
    Add({Jump(BPF_JEQ, call, 0, rest), LoadArgument(argument)});
    for (const uint32_t value : values) {
      Add({Jump(BPF_JEQ, value, 0, 1), Return(SECCOMP_RET_ALLOW)});
    }
    Add({Return(SECCOMP_RET_ERRNO | ENOTTY)});
  }

  std::vector<sock_filter> Build() { return std::move(filter_); }

 private:
  std::vector<sock_filter> filter_;
};

}  // namespace

std::vector<sock_filter> SeccompFilter() {
  FilterBuilder filter;
  filter.Add(
      {Load(offsetof(seccomp_data, arch)), Jump(BPF_JEQ, kArchitecture, 1, 0),
       Return(SECCOMP_RET_KILL_PROCESS), Load(offsetof(seccomp_data, nr))});
  for (const uint32_t call : kAllowed) filter.Allow(call);
  // No memory may become executable.
  filter.AllowWithout(__NR_mmap, 2, PROT_EXEC);
  filter.AllowWithout(__NR_mprotect, 2, PROT_EXEC);
  filter.Allow(__NR_mremap);
  // FICLONE shares the extents of a copy. opendir uses fcntl.
  filter.AllowOnly(__NR_ioctl, 1, {FICLONE});
  filter.AllowOnly(__NR_fcntl, 1, {F_GETFL, F_SETFD, F_GETFD, F_DUPFD_CLOEXEC});
  // The numbers of x32's calls have this bit.
  filter.Add(
      {Jump(BPF_JSET, 0x40000000, 0, 1), Return(SECCOMP_RET_KILL_PROCESS),
       Jump(BPF_JGT, kLastKnownCall, 0, 1), Return(SECCOMP_RET_ERRNO | ENOSYS),
       Return(SECCOMP_RET_KILL_PROCESS)});
  return filter.Build();
}

absl::Status InstallSeccompFilter() {
  std::vector<sock_filter> filter = SeccompFilter();
  const sock_fprog program = {.len = static_cast<uint16_t>(filter.size()),
                              .filter = filter.data()};
  // With TSYNC the result is the id of a thread that cannot have the filter.
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                              SECCOMP_FILTER_FLAG_TSYNC, &program);
  if (result < 0) return base::ErrnoStatus("seccomp");
  if (result > 0) return absl::InternalError("seccomp: a thread has another");
  return absl::OkStatus();
}

}  // namespace faas::extractor
