#ifndef FAAS_COMMON_RPC_CALL_GUARD_H_
#define FAAS_COMMON_RPC_CALL_GUARD_H_

#include <grpcpp/security/auth_metadata_processor.h>

#include <memory>
#include <utility>

#include "common/rpc/call_rate.h"

namespace faas::rpc {

// A CallGuard checks every call before a service sees it: first another guard
// checks it, if there is one, then the limit on the rate of calls. Calls that
// the other guard refuses do not count for the rate. Thread-safe.
class CallGuard final : public grpc::AuthMetadataProcessor {
 public:
  CallGuard(std::shared_ptr<grpc::AuthMetadataProcessor> guard,
            std::shared_ptr<CallRate> rate)
      : guard_(std::move(guard)), rate_(std::move(rate)) {}

  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata,
                       grpc::AuthContext* context, OutputMetadata* consumed,
                       OutputMetadata* response) override;

 private:
  const std::shared_ptr<grpc::AuthMetadataProcessor> guard_;
  const std::shared_ptr<CallRate> rate_;
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CALL_GUARD_H_
