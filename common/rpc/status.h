#ifndef FAAS_COMMON_RPC_STATUS_H_
#define FAAS_COMMON_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {

// A machine-readable reason, e.g. "NO_FREE_ADDRESS", that travels with a
// status: as a payload here, as google.rpc.ErrorInfo (domain "faasd") in gRPC.
absl::Status WithReason(absl::Status status, absl::string_view reason);
// Empty if there is none.
std::string ReasonOf(const absl::Status& status);

// More of the same kind, by name, e.g. "category": ErrorInfo's metadata. Only
// beside a reason does it travel.
absl::Status WithMetadata(absl::Status status, absl::string_view key,
                          absl::string_view value);
// Empty if there is none.
std::string MetadataOf(const absl::Status& status, absl::string_view key);

// Between the two kinds of status; code, message and reason survive.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_STATUS_H_
