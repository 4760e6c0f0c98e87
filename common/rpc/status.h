#ifndef FAAS_COMMON_RPC_STATUS_H_
#define FAAS_COMMON_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {

// Returns `status` with a machine-readable reason, e.g. "NO_FREE_ADDRESS". It
// is a payload of the absl::Status, and google.rpc.ErrorInfo (domain "faasd")
// in gRPC.
absl::Status WithReason(absl::Status status, absl::string_view reason);
// Returns an empty string if there is none.
std::string ReasonOf(const absl::Status& status);

// Returns `status` with a named value, e.g. "category", which is in ErrorInfo's
// metadata. gRPC carries it only beside a reason.
absl::Status WithMetadata(absl::Status status, absl::string_view key,
                          absl::string_view value);
// Returns an empty string if there is none.
std::string MetadataOf(const absl::Status& status, absl::string_view key);

// Convert between the two kinds of status. Code, message, reason and metadata
// are kept.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_STATUS_H_
