#include "common/rpc/status.h"

#include <cstddef>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "google/rpc/status.pb.h"

namespace faas::rpc {
namespace {

constexpr char kReasonPayload[] = "faasd/reason";
constexpr absl::string_view kMetadataPayload = "faasd/metadata/";
constexpr char kDomain[] = "faasd";
// Clients accept at most 8 KiB of metadata. A message is in it twice: with
// "%20" for what is not ASCII, and in base64.
constexpr size_t kMaxMessageBytes = 1024;

absl::Status WithInfo(absl::Status status, const google::rpc::ErrorInfo& info) {
  for (const auto& [key, value] : info.metadata()) {
    status = WithMetadata(std::move(status), key, value);
  }
  return WithReason(std::move(status), info.reason());
}

}  // namespace

absl::Status WithReason(absl::Status status, absl::string_view reason) {
  status.SetPayload(kReasonPayload, absl::Cord(reason));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonPayload);
  return payload.has_value() ? std::string(*payload) : "";
}

absl::Status WithMetadata(absl::Status status, absl::string_view key,
                          absl::string_view value) {
  status.SetPayload(absl::StrCat(kMetadataPayload, key), absl::Cord(value));
  return status;
}

std::string MetadataOf(const absl::Status& status, absl::string_view key) {
  const auto payload = status.GetPayload(absl::StrCat(kMetadataPayload, key));
  return payload.has_value() ? std::string(*payload) : "";
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(base::Shortened(status.message(), kMaxMessageBytes));
  if (std::string reason = ReasonOf(status); !reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(std::move(reason));
    info.set_domain(kDomain);
    status.ForEachPayload(
        [&info](absl::string_view url, const absl::Cord& value) {
          if (!absl::ConsumePrefix(&url, kMetadataPayload)) return;
          (*info.mutable_metadata())[std::string(url)] = std::string(value);
        });
    details.add_details()->PackFrom(info);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      details.message(), details.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return result;
  for (const auto& any : details.details()) {
    google::rpc::ErrorInfo info;
    if (any.UnpackTo(&info) && info.domain() == kDomain) {
      return WithInfo(std::move(result), info);
    }
  }
  return result;
}

}  // namespace faas::rpc
