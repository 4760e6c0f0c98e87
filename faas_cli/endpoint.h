#ifndef FAAS_FAAS_CLI_ENDPOINT_H_
#define FAAS_FAAS_CLI_ENDPOINT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/control_listener.h"

namespace faas::cli {

// An Endpoint says which faasd a command talks to.
struct Endpoint {
  // The directory of registryd.sock, or "host:port". One of them is set.
  std::string run_dir;
  std::string address;
  // Shows an address who the user is. Empty if there is no token.
  std::string token;
  rpc::TlsFiles tls;
};

// Credentials show who the user is: the options --token-file and --tls-..., and
// the environment variable FAAS_TOKEN.
struct Credentials {
  std::string token_file;
  std::string token;
  rpc::TlsFiles tls;
};

// Chooses the first that is given of the options --address and --run-dir, the
// environment variables FAAS_URL and FAASD_RUN_DIR, and /run/faasd. An empty
// string means that it is not given. Returns INVALID_ARGUMENT for a malformed
// address.
absl::StatusOr<Endpoint> ChooseEndpoint(const std::string& address,
                                        const std::string& run_dir,
                                        const std::string& faas_url,
                                        const std::string& faasd_run_dir);

// Adds the credentials that the endpoint needs. A token is only sent to the
// loopback addresses of this host, where nobody can listen in. If no token was
// given, it is read from kDefaultTokenFile, if the user may do so. Returns
// PERMISSION_DENIED if that token would go to a process of a user other than
// root and the caller, and INVALID_ARGUMENT for credentials that do not fit the
// endpoint.
absl::Status AddCredentials(const Credentials& credentials, Endpoint* endpoint);

inline constexpr char kDefaultTokenFile[] = "/var/lib/faasd/token";

// Connects to the endpoint. Returns UNAVAILABLE if nobody answers, and
// PERMISSION_DENIED if the user may not connect; both messages say what to do.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Endpoint& endpoint);

// Returns "127.0.0.1:8080" for "http://127.0.0.1:8080/". Returns
// INVALID_ARGUMENT for a text that has no host or no port.
absl::StatusOr<std::string> ParseAddress(const std::string& text);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ENDPOINT_H_
