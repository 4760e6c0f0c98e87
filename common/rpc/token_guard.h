#ifndef FAAS_COMMON_RPC_TOKEN_GUARD_H_
#define FAAS_COMMON_RPC_TOKEN_GUARD_H_

#include <grpcpp/security/auth_metadata_processor.h>

#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::rpc {

// Admits calls over TCP that know the token, to any method, and that were
// meant for this host: a web page that has its own name point to 127.0.0.1 (DNS
// rebinding) makes a browser send that name. Thread-safe.
class TokenGuard final : public grpc::AuthMetadataProcessor {
 public:
  // `token_file` is where `token` is, for the message; `address` is what is
  // listened on, e.g. "127.0.0.2:8080".
  TokenGuard(std::string token, std::string token_file,
             const std::string& address);

  bool IsBlocking() const override { return false; }
  // PERMISSION_DENIED for another host's name, UNAUTHENTICATED without the
  // token.
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*,
                       OutputMetadata* consumed, OutputMetadata*) override;

 private:
  const std::string token_;
  const std::string token_file_;
  std::set<std::string> hosts_;
};

// "host:80", "[::1]:80", "host" or "[::1]" without the port.
absl::string_view HostOf(absl::string_view authority);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_TOKEN_GUARD_H_
