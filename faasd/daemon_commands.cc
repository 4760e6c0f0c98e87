#include "faasd/daemon_commands.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/daemon/group.h"

namespace faas::faasd {

absl::StatusOr<DaemonCommands> DaemonCommands::Create(const Flags& flags) {
  DaemonCommands commands(flags);
  RETURN_IF_ERROR(commands.FindAccounts());
  RETURN_IF_ERROR(commands.AddDaemons());
  return commands;
}

absl::Status DaemonCommands::FindAccounts() {
  if (flags_.gateway_user.empty()) {
    ASSIGN_OR_RETURN(const uid_t uid,
                     daemon::DefaultGatewayUser(flags_.id_base));
    gateway_ = {uid, uid};
  } else {
    ASSIGN_OR_RETURN(gateway_, daemon::FindUser(flags_.gateway_user));
  }
  ASSIGN_OR_RETURN(named_group_, daemon::FindGroup(flags_.group));
  const bool there_is_none = flags_.group.empty() && named_group_ == 0;
  api_group_ = there_is_none ? gateway_.gid : named_group_;
  return absl::OkStatus();
}

absl::Status DaemonCommands::AddDaemons() {
  const std::string state = "--state_dir=" + flags_.state_dir;
  const std::string ids = absl::StrCat("--id_base=", flags_.id_base);
  daemons_.resize(3);
  ASSIGN_OR_RETURN(
      daemons_[0],
      MakeSpec("registryd",
               {state, ids, absl::StrCat("--read_only_uids=", gateway_.uid),
                "--control_listen=" + flags_.control_listen},
               flags_.registryd_args));
  ASSIGN_OR_RETURN(
      daemons_[1],
      MakeSpec("gatewayd",
               {absl::StrCat("--user=", gateway_.uid, ":", gateway_.gid),
                "--pool=" + flags_.pool, absl::StrCat("--port=", flags_.port)},
               flags_.gatewayd_args));
  ASSIGN_OR_RETURN(
      daemons_[2],
      MakeSpec("runnerd",
               {state, ids, absl::StrCat("--gateway_user=", gateway_.uid),
                "--runtime=" + flags_.runtime},
               flags_.runnerd_args));
  ASSIGN_OR_RETURN(DaemonSpec last,
                   MakeSpec("gatewayd", {"--remove_leftovers"}, {}));
  remove_leftovers_ = std::move(last.command);
  return absl::OkStatus();
}

// Installed, all programs lie in one directory; built, each lies in its
// package's.
absl::StatusOr<std::string> DaemonCommands::FindProgram(
    const std::string& name) const {
  std::error_code error;
  std::string directory = flags_.bin_dir;
  if (directory.empty()) {
    directory = std::filesystem::read_symlink("/proc/self/exe", error)
                    .parent_path()
                    .string();
  }
  for (const std::string& candidate :
       {absl::StrCat(directory, "/", name),
        absl::StrCat(directory, "/../", name, "/", name)}) {
    if (std::filesystem::is_regular_file(candidate, error)) return candidate;
  }
  return absl::NotFoundError(absl::StrCat(
      "cannot find ", name, " beside faasd (", directory,
      "); build it with \"bazel build //...\", or name its place with "
      "--bin_dir"));
}

absl::StatusOr<DaemonSpec> DaemonCommands::MakeSpec(
    const std::string& name, const std::vector<std::string>& arguments,
    const std::vector<std::string>& more) const {
  ASSIGN_OR_RETURN(std::string program, FindProgram(name));
  DaemonSpec spec;
  spec.name = name;
  spec.socket = absl::StrCat(flags_.run_dir, "/", name, ".sock");
  spec.command = {std::move(program), "--run_dir=" + flags_.run_dir,
                  absl::StrCat("--parent_pid=", getpid()),
                  absl::StrCat("--group=", api_group_)};
  for (const std::vector<std::string>* words : {&arguments, &more}) {
    spec.command.insert(spec.command.end(), words->begin(), words->end());
  }
  return spec;
}

}  // namespace faas::faasd
