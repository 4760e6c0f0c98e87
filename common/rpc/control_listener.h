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

// TlsFiles are paths of files in PEM.
struct TlsFiles {
  std::string cert;  // this side's certificate with its chain
  std::string key;
  std::string ca;  // the authority that has signed the other side's

  bool any() const { return !cert.empty() || !key.empty() || !ca.empty(); }
  bool all() const { return !cert.empty() && !key.empty() && !ca.empty(); }
};

// A ControlListener is the API over TCP, where the kernel does not say who
// connects.
struct ControlListener {
  std::vector<Listener> listeners;
  // The credentials that every connection has to show.
  std::shared_ptr<grpc::ServerCredentials> credentials;
  // What checks every call; null for nothing.
  std::shared_ptr<grpc::AuthMetadataProcessor> guard;

  struct Options {
    // "HOST:PORT", or kFromSystemd.
    std::string address;
    // The file of the token, for a loopback address without TLS; see
    // ReadOrMakeToken.
    std::string token_file;
    // All three files or none. With them the client has to have a certificate
    // of `ca`, and needs no token. An address other than loopback needs them.
    TlsFiles tls;
  };

  // An address for Options that stands for the socket "control" of the service
  // manager.
  static constexpr char kFromSystemd[] = "systemd";

  // Opens the listeners of `options`. Returns FAILED_PRECONDITION, with a
  // message that says what to do, if something is missing that the address
  // needs.
  static absl::StatusOr<ControlListener> Open(const Options& options);
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CONTROL_LISTENER_H_
