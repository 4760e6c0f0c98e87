#include "gatewayd/socket_programs.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"

namespace faas::gatewayd {
namespace {

// What a program of these hooks returns. With 0 the system call fails with
// EPERM.
constexpr int kDeny = 0;
constexpr int kAllow = 1;

constexpr bpf_insn Instruction(int code, int offset, int32_t immediate) {
  return {.code = static_cast<uint8_t>(code),
          .dst_reg = BPF_REG_0,
          .src_reg = 0,
          .off = static_cast<int16_t>(offset),
          .imm = immediate};
}
// Sets r0, the result of the program, to `value`.
constexpr bpf_insn Result(int value) {
  return Instruction(BPF_ALU64 | BPF_MOV | BPF_K, 0, value);
}
constexpr bpf_insn Exit() { return Instruction(BPF_JMP | BPF_EXIT, 0, 0); }

std::vector<bpf_insn> Deny() { return {Result(kDeny), Exit()}; }

std::vector<bpf_insn> AllowOnly(uid_t uid) {
  return {
      // r0 = gid << 32 | uid of the calling process, as ids of the host.
      Instruction(BPF_JMP | BPF_CALL, 0, BPF_FUNC_get_current_uid_gid),
      // Skips two instructions if the lower half is `uid`.
      Instruction(BPF_JMP32 | BPF_JEQ | BPF_K, 2, static_cast<int32_t>(uid)),
      Result(kDeny),
      Exit(),
      Result(kAllow),
      Exit(),
  };
}

int Bpf(int command, bpf_attr* attributes) {
  return static_cast<int>(
      syscall(SYS_bpf, command, attributes, sizeof(*attributes)));
}

uint64_t Pointer(const void* address) {
  return reinterpret_cast<uintptr_t>(address);
}

absl::Status Attach(int cgroup, bpf_attach_type hook,
                    const std::vector<bpf_insn>& program) {
  bpf_attr load = {};
  load.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
  load.expected_attach_type = hook;
  load.insns = Pointer(program.data());
  load.insn_cnt = static_cast<uint32_t>(program.size());
  load.license = Pointer("Apache-2.0");
  const base::UniqueFd loaded(Bpf(BPF_PROG_LOAD, &load));
  if (!loaded.valid()) return base::ErrnoStatus("load a BPF program");
  bpf_attr attach = {};
  attach.target_fd = static_cast<uint32_t>(cgroup);
  attach.attach_bpf_fd = static_cast<uint32_t>(loaded.get());
  attach.attach_type = hook;
  // The kernel also runs what others attach here or above, and allows the call
  // only if all programs do.
  attach.attach_flags = BPF_F_ALLOW_MULTI;
  if (Bpf(BPF_PROG_ATTACH, &attach) != 0) {
    return base::ErrnoStatus("attach a BPF program to the cgroup");
  }
  return absl::OkStatus();
}

}  // namespace

// No program for sendmsg is needed: a TCP socket sends nothing without a
// connection, and cannot be turned into one of UDP.
absl::Status AttachSocketPrograms(int cgroup, uid_t uid) {
  for (const auto hook : {BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT}) {
    RETURN_IF_ERROR(Attach(cgroup, hook, Deny()));
  }
  for (const auto hook : {BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND}) {
    RETURN_IF_ERROR(Attach(cgroup, hook, AllowOnly(uid)));
  }
  return absl::OkStatus();
}

}  // namespace faas::gatewayd
