#ifndef FAAS_FAAS_CLI_ENDPOINT_H_
#define FAAS_FAAS_CLI_ENDPOINT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::cli {

// Which faasd a command talks to.
struct Endpoint {
  // One of them is set.
  std::string run_dir;  // its registryd.sock
  std::string address;  // "host:port"
};

// Chooses from the options --address and --run_dir, then the environment's
// FAAS_URL and FAASD_RUN_DIR, then /run/faasd; an empty string is not given.
// Without any of them, a user who may not open the socket gets the control
// listener 127.0.0.1:8080. INVALID_ARGUMENT for an address that is none.
absl::StatusOr<Endpoint> ChooseEndpoint(const std::string& address,
                                        const std::string& run_dir,
                                        const std::string& faas_url,
                                        const std::string& faasd_run_dir);

// Connects. UNAVAILABLE, saying what to do, if nobody answers.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Endpoint& endpoint);

// "http://127.0.0.1:8080/" as "127.0.0.1:8080".
absl::StatusOr<std::string> ParseAddress(const std::string& text);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ENDPOINT_H_
