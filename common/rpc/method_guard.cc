#include "common/rpc/method_guard.h"

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"

namespace faas::rpc {

grpc::Status MethodGuard::Process(const InputMetadata& metadata,
                                  grpc::AuthContext*, OutputMetadata*,
                                  OutputMetadata*) {
  const auto [path, end] = metadata.equal_range(":path");
  const std::string method =
      path == end ? "" : std::string(path->second.data(), path->second.size());
  if (methods_.count(method) > 0) return grpc::Status::OK;
  return grpc::Status(
      grpc::StatusCode::PERMISSION_DENIED,
      absl::StrCat("this user may only read, and not call ",
                   base::Shortened(base::Printable(method), 200)));
}

}  // namespace faas::rpc
