#ifndef FAAS_COMMON_RPC_CONTROL_LISTENER_H_
#define FAAS_COMMON_RPC_CONTROL_LISTENER_H_

#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/listener.h"

namespace faas::rpc {

// Files in PEM.
struct TlsFiles {
  std::string cert;  // of this side, with its chain
  std::string key;
  std::string ca;  // who has signed the other side's certificate

  bool any() const { return !cert.empty() || !key.empty() || !ca.empty(); }
  bool all() const { return !cert.empty() && !key.empty() && !ca.empty(); }
};

// The API over TCP, where the kernel does not say who it is that connects.
struct ControlListener {
  std::vector<Listener> listeners;
  // What every connection has to show.
  std::shared_ptr<grpc::ServerCredentials> credentials;
  // And what every call; null for nothing.
  std::shared_ptr<grpc::AuthMetadataProcessor> guard;

  struct Options {
    // "HOST:PORT", or kFromSystemd.
    std::string address;
    // For a loopback address without TLS; see ReadOrMakeToken.
    std::string token_file;
    // All or none. With them the client has to have a certificate of `ca`, and
    // needs no token. An address other than loopback cannot do without.
    TlsFiles tls;
  };

  // An address of Options: the socket "control" of the service manager.
  static constexpr char kFromSystemd[] = "systemd";

  // FAILED_PRECONDITION, saying what to do, without what the address needs.
  static absl::StatusOr<ControlListener> Open(const Options& options);
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CONTROL_LISTENER_H_
