#ifndef FAAS_FAASD_DAEMON_COMMANDS_H_
#define FAAS_FAASD_DAEMON_COMMANDS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/daemon/user.h"
#include "faasd/flags.h"
#include "faasd/supervisor.h"

namespace faas::faasd {

// A DaemonCommands says how registryd, gatewayd and runnerd are started: the
// program of each and its arguments, made from faasd's own flags.
class DaemonCommands {
 public:
  // Finds the programs and looks the user and the group up. NOT_FOUND if a
  // program is missing; FAILED_PRECONDITION if an account is.
  static absl::StatusOr<DaemonCommands> Create(const Flags& flags);

  // Returns the three daemons, in the order in which they are started.
  const std::vector<DaemonSpec>& daemons() const { return daemons_; }

  // Returns the command that removes what gatewayd has left on the host.
  const std::vector<std::string>& remove_leftovers() const {
    return remove_leftovers_;
  }

  // Returns the group that --group names, as daemon::FindGroup does.
  gid_t named_group() const { return named_group_; }

  // Returns the group of the run directory and of the API's sockets. gatewayd
  // has to be a member; without a group of the API's own, it is gatewayd's
  // rather than root's.
  gid_t api_group() const { return api_group_; }

 private:
  explicit DaemonCommands(const Flags& flags) : flags_(flags) {}
  absl::Status FindAccounts();
  absl::Status AddDaemons();
  absl::StatusOr<std::string> FindProgram(const std::string& name) const;
  absl::StatusOr<DaemonSpec> MakeSpec(
      const std::string& name, const std::vector<std::string>& arguments,
      const std::vector<std::string>& more) const;

  Flags flags_;
  daemon::User gateway_;
  gid_t named_group_ = 0;
  gid_t api_group_ = 0;
  std::vector<DaemonSpec> daemons_;
  std::vector<std::string> remove_leftovers_;
};

}  // namespace faas::faasd

#endif  // FAAS_FAASD_DAEMON_COMMANDS_H_
