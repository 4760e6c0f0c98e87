#include "gatewayd/socket_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "gatewayd/firewall_rule.h"
#include "gatewayd/own_cgroup.h"
#include "gatewayd/socket_probe.h"
#include "gatewayd/socket_programs.h"

namespace faas::gatewayd {
namespace {

// A file in the run directory that says that there is a table of nftables. Only
// then is `nft` run to remove one, because it need not be installed, and makes
// the kernel load modules.
constexpr char kTableNote[] = "/gatewayd.nft";

struct Names {
  std::string cgroup;
  std::string table;
};

// Returns names made from the run directory's device and inode, because no two
// faasd share a run directory.
absl::StatusOr<Names> NamesFor(const std::string& run_dir) {
  struct stat st;
  if (stat(run_dir.c_str(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", run_dir, "\""));
  }
  return Names{absl::StrFormat("faasd-gatewayd-%x-%x", st.st_dev, st.st_ino),
               absl::StrFormat("faasd_%x_%x", st.st_dev, st.st_ino)};
}

absl::StatusOr<SocketGuard> TryBpf(const SocketProbe& probe, const Names& names,
                                   uid_t uid) {
  // The service manager may have set a guard up before gatewayd started.
  if (probe.CheckCannotConnect().ok()) {
    return SocketGuard{SocketGuard::Kind::kBpf, "of the cgroup it started in"};
  }
  ASSIGN_OR_RETURN(const OwnCgroup cgroup, OwnCgroup::Make(names.cgroup));
  absl::Status status = AttachSocketPrograms(cgroup.directory(), uid);
  if (status.ok()) status = cgroup.Enter();
  if (status.ok()) status = probe.CheckCannotConnect();
  if (status.ok()) {
    return SocketGuard{SocketGuard::Kind::kBpf,
                       absl::StrCat("on \"", cgroup.path(), "\"")};
  }
  // If this process is already in the directory, the next start removes it.
  OwnCgroup::Remove(names.cgroup).IgnoreError();
  return status;
}

absl::StatusOr<SocketGuard> TryFirewall(const SocketProbe& probe,
                                        const Names& names,
                                        const std::string& run_dir,
                                        uint32_t mark) {
  if (mark == 0)
    return absl::InvalidArgumentError("--socket_mark=0 is no mark");
  RETURN_IF_ERROR(
      fs::Open(run_dir + kTableNote, O_WRONLY | O_CREAT | O_NOFOLLOW).status());
  RETURN_IF_ERROR(SetFirewallRule(names.table, mark));
  RETURN_IF_ERROR(probe.CheckMarkedCannotConnect(mark));
  return SocketGuard{SocketGuard::Kind::kFirewall,
                     absl::StrCat("table inet ", names.table), mark};
}

}  // namespace

absl::string_view SocketGuard::name() const {
  switch (kind) {
    case Kind::kBpf:
      return "BPF";
    case Kind::kFirewall:
      return "firewall";
    case Kind::kNone:
      break;
  }
  return "none";
}

absl::StatusOr<SocketGuardChoice> ParseSocketGuardChoice(
    absl::string_view text) {
  if (text == "auto") return SocketGuardChoice::kAuto;
  if (text == "bpf") return SocketGuardChoice::kBpf;
  if (text == "firewall") return SocketGuardChoice::kFirewall;
  if (text == "none") return SocketGuardChoice::kNone;
  return absl::InvalidArgumentError(absl::StrCat(
      "--socket_guard=", text, " is none of auto, bpf, firewall and none"));
}

absl::StatusOr<SocketGuard> SetSocketGuard(const SocketGuardOptions& options) {
  const SocketGuardChoice choice = options.choice;
  ASSIGN_OR_RETURN(const Names names, NamesFor(options.run_dir));
  ASSIGN_OR_RETURN(const SocketProbe probe, SocketProbe::Open());
  std::string failures;
  if (choice == SocketGuardChoice::kAuto || choice == SocketGuardChoice::kBpf) {
    absl::StatusOr<SocketGuard> guard = TryBpf(probe, names, options.uid);
    if (guard.ok()) return guard;
    absl::StrAppend(&failures,
                    "; BPF at its cgroup: ", guard.status().message());
  }
  if (choice == SocketGuardChoice::kAuto ||
      choice == SocketGuardChoice::kFirewall) {
    absl::StatusOr<SocketGuard> guard =
        TryFirewall(probe, names, options.run_dir, options.mark);
    if (guard.ok()) return guard;
    absl::StrAppend(&failures, "; a firewall rule: ", guard.status().message());
  }
  if (choice == SocketGuardChoice::kNone) failures = "; --socket_guard=none";
  if (options.allow_socket_reuse) {
    return SocketGuard{SocketGuard::Kind::kNone, failures.substr(2)};
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "handlers could reach the host's network through the sockets that they "
      "are passed",
      failures,
      "; make one of them work, or start gatewayd with --allow_socket_reuse if "
      "you trust all functions"));
}

absl::Status RemoveSocketGuard(const std::string& run_dir) {
  ASSIGN_OR_RETURN(const Names names, NamesFor(run_dir));
  absl::Status status = OwnCgroup::Remove(names.cgroup);
  const std::string note = run_dir + kTableNote;
  if (access(note.c_str(), F_OK) != 0) return status;
  const absl::Status removed = RemoveFirewallRule(names.table);
  if (removed.ok()) unlink(note.c_str());
  return status.ok() ? removed : status;
}

}  // namespace faas::gatewayd
