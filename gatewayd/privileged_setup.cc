#include "gatewayd/privileged_setup.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/daemon/group.h"
#include "common/daemon/user.h"
#include "common/process/child.h"
#include "gatewayd/privileges.h"

namespace faas::gatewayd {
namespace {

std::string ApiSocket(const std::string& run_dir) {
  return absl::StrCat(run_dir, "/gatewayd.sock");
}

}  // namespace

absl::StatusOr<PrivilegedSetup> SetUpWithPrivileges(const Flags& flags) {
  RETURN_IF_ERROR(CheckPrivileges());
  PrivilegedSetup setup;
  ASSIGN_OR_RETURN(daemon::User user, daemon::FindUser(flags.user));
  if (geteuid() != 0) user = {geteuid(), getegid()};
  ASSIGN_OR_RETURN(setup.group, daemon::FindGroup(flags.group));
  ASSIGN_OR_RETURN(setup.lock,
                   daemon::EnterRunDirectory(flags.run_dir, "gatewayd",
                                             flags.parent_pid, setup.group));
  ASSIGN_OR_RETURN(setup.guard, SetSocketGuard({.run_dir = flags.run_dir,
                                                .choice = flags.socket_guard,
                                                .uid = user.uid,
                                                .mark = flags.socket_mark,
                                                .allow_socket_reuse =
                                                    flags.allow_socket_reuse}));
  ASSIGN_OR_RETURN(setup.listener,
                   rpc::Listener::Unix(ApiSocket(flags.run_dir), setup.group));
  RETURN_IF_ERROR(DropPrivileges(user, setup.group));
  // The kernel forgets the parent when the user changes.
  if (flags.parent_pid != 0) {
    RETURN_IF_ERROR(process::EndWithParent(flags.parent_pid));
  }
  return setup;
}

absl::Status RemoveLeftovers(const std::string& run_dir) {
  RETURN_IF_ERROR(daemon::CheckRoot("gatewayd"));
  ASSIGN_OR_RETURN(const base::UniqueFd lock,
                   daemon::EnterDirectory(run_dir, "gatewayd", /*parent=*/0));
  unlink(ApiSocket(run_dir).c_str());
  return RemoveSocketGuard(run_dir);
}

}  // namespace faas::gatewayd
