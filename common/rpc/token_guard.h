#ifndef FAAS_COMMON_RPC_TOKEN_GUARD_H_
#define FAAS_COMMON_RPC_TOKEN_GUARD_H_

#include <grpcpp/security/auth_metadata_processor.h>

#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::rpc {

// A TokenGuard admits calls over TCP, to any method, that have the token and
// are meant for this host. A web page whose own name points to 127.0.0.1 (DNS
// rebinding) makes a browser send that name instead. Thread-safe.
class TokenGuard final : public grpc::AuthMetadataProcessor {
 public:
  // `token_file` is the path of `token`, for messages. `address` is the
  // listener's, e.g. "127.0.0.2:8080".
  TokenGuard(std::string token, std::string token_file,
             const std::string& address);

  bool IsBlocking() const override { return false; }
  // Returns PERMISSION_DENIED for another host's name, and UNAUTHENTICATED
  // without the token.
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*,
                       OutputMetadata* consumed, OutputMetadata*) override;

 private:
  const std::string token_;
  const std::string token_file_;
  std::set<std::string> hosts_;
};

// Returns "host:80", "[::1]:80", "host" or "[::1]" without the port.
absl::string_view HostOf(absl::string_view authority);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_TOKEN_GUARD_H_
