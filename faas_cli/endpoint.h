#ifndef FAAS_FAAS_CLI_ENDPOINT_H_
#define FAAS_FAAS_CLI_ENDPOINT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/control_listener.h"

namespace faas::cli {

// Which faasd a command talks to.
struct Endpoint {
  // One of them is set.
  std::string run_dir;  // its registryd.sock
  std::string address;  // "host:port"
  // For an address: what shows who we are. Empty if there is nothing.
  std::string token;
  rpc::TlsFiles tls;
};

// What the user has given to show who he is: --token_file and the --tls_ files,
// and the environment's FAAS_TOKEN.
struct Credentials {
  std::string token_file;
  std::string token;
  rpc::TlsFiles tls;
};

// Chooses from the options --address and --run_dir, then the environment's
// FAAS_URL and FAASD_RUN_DIR, then /run/faasd; an empty string is not given.
// INVALID_ARGUMENT for an address that is none.
absl::StatusOr<Endpoint> ChooseEndpoint(const std::string& address,
                                        const std::string& run_dir,
                                        const std::string& faas_url,
                                        const std::string& faasd_run_dir);

// Adds what the address needs. A token goes to this host's loopback addresses
// only, where nobody can listen in: without one that was given, it is that of
// kDefaultTokenFile, if we may read it. PERMISSION_DENIED if that one would go
// to a user other than root and ourselves. INVALID_ARGUMENT for credentials
// that do not fit to the endpoint.
absl::Status AddCredentials(const Credentials& credentials, Endpoint* endpoint);

inline constexpr char kDefaultTokenFile[] = "/var/lib/faasd/token";

// Connects. UNAVAILABLE if nobody answers, PERMISSION_DENIED if it is not for
// us; both say what to do.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Endpoint& endpoint);

// "http://127.0.0.1:8080/" as "127.0.0.1:8080".
absl::StatusOr<std::string> ParseAddress(const std::string& text);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ENDPOINT_H_
