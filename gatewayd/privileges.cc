#include "gatewayd/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::gatewayd {
namespace {

struct Capability {
  int number;
  const char* name;
};
constexpr Capability kKept[] = {
    {CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE"},
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
};

constexpr uint32_t KeptMask() {
  uint32_t mask = 0;
  for (const Capability& each : kKept) mask |= 1u << each.number;
  return mask;
}

using Data = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

absl::StatusOr<Data> OwnCapabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Data data = {};
  if (syscall(SYS_capget, &header, data.data()) != 0) {
    return base::ErrnoStatus("capget");
  }
  return data;
}

// Removes all capabilities but the two from the bounding set. Must be called
// while the process still has CAP_SETPCAP.
absl::Status DropBounding() {
  for (int number = 0;; ++number) {
    const int there = prctl(PR_CAPBSET_READ, number, 0, 0, 0);
    if (there < 0) return absl::OkStatus();  // There are no more.
    const bool kept = number < 32 && (KeptMask() & (1u << number)) != 0;
    if (there == 0 || kept) continue;
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) {
      return base::ErrnoStatus(
          absl::StrCat("drop capability ", number, " for good"));
    }
  }
}

absl::Status BecomeUser(const daemon::User& user, gid_t group) {
  // The capabilities stay permitted when the user changes, until KeepOnlyTwo.
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
    return base::ErrnoStatus("prctl(PR_SET_KEEPCAPS)");
  }
  if (setgroups(1, &group) != 0) {
    return base::ErrnoStatus(absl::StrCat("setgroups ", group));
  }
  if (setresgid(user.gid, user.gid, user.gid) != 0) {
    return base::ErrnoStatus(absl::StrCat("become group ", user.gid));
  }
  if (setresuid(user.uid, user.uid, user.uid) != 0) {
    return base::ErrnoStatus(absl::StrCat("become user ", user.uid));
  }
  return absl::OkStatus();
}

absl::Status KeepOnlyTwo() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Data data = {};
  data[0].permitted = data[0].effective = KeptMask();
  // This also empties the inheritable set, and with it the ambient set.
  if (syscall(SYS_capset, &header, data.data()) != 0) {
    return base::ErrnoStatus("capset");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return base::ErrnoStatus("prctl(PR_SET_NO_NEW_PRIVS)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPrivileges() {
  if (geteuid() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Data data, OwnCapabilities());
  std::vector<std::string> missing;
  for (const Capability& each : kKept) {
    if ((data[0].permitted & (1u << each.number)) == 0) {
      missing.push_back(each.name);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      "gatewayd is not root and lacks ", absl::StrJoin(missing, ", "),
      "; start it as root, or with AmbientCapabilities=CAP_NET_ADMIN "
      "CAP_NET_BIND_SERVICE"));
}

absl::Status DropPrivileges(const daemon::User& user, gid_t group) {
  // Each thread has its own capabilities, so another thread would keep them.
  ASSIGN_OR_RETURN(const std::vector<std::string> threads,
                   fs::ListDirectory("/proc/self/task"));
  if (threads.size() != 1) {
    return absl::FailedPreconditionError(
        "there are threads already; privileges cannot be dropped");
  }
  RETURN_IF_ERROR(CheckPrivileges());
  if (geteuid() == 0) {
    RETURN_IF_ERROR(DropBounding());
    RETURN_IF_ERROR(BecomeUser(user, group));
  }
  return KeepOnlyTwo();
}

}  // namespace faas::gatewayd
