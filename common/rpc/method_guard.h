#ifndef FAAS_COMMON_RPC_METHOD_GUARD_H_
#define FAAS_COMMON_RPC_METHOD_GUARD_H_

#include <grpcpp/security/auth_metadata_processor.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace faas::rpc {

// A MethodGuard admits only some methods, e.g. "/grpc.health.v1.Health/Check".
// Calls of others end with PERMISSION_DENIED before a service sees them.
// Thread-safe.
class MethodGuard final : public grpc::AuthMetadataProcessor {
 public:
  explicit MethodGuard(const std::vector<std::string>& methods)
      : methods_(methods.begin(), methods.end()) {}

  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*,
                       OutputMetadata*, OutputMetadata*) override;

 private:
  const std::set<std::string> methods_;
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_METHOD_GUARD_H_
