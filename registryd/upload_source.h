#ifndef FAAS_REGISTRYD_UPLOAD_SOURCE_H_
#define FAAS_REGISTRYD_UPLOAD_SOURCE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/status.h"
#include "image/byte_source.h"

namespace faas::registryd {

// The chunks of an upload, as bytes. `Request` is CreateFunctionRequest or
// UpdateFunctionRequest; the header has been read already. CANCELLED if the
// client breaks the stream off instead of ending it.
template <typename Request, typename Response>
class UploadSource : public image::ByteSource {
 public:
  using Stream = grpc::ServerReaderWriter<Response, Request>;

  // Borrows both.
  UploadSource(grpc::ServerContext* context, Stream* stream)
      : context_(context), stream_(stream) {}

  absl::StatusOr<absl::string_view> Next() override {
    while (status_.ok() && !ended_) {
      if (!stream_->Read(&request_)) {
        ended_ = true;
        if (context_->IsCancelled()) {
          status_ = absl::CancelledError("the upload was broken off");
        }
      } else if (!request_.has_chunk()) {
        status_ = rpc::WithReason(
            absl::InvalidArgumentError(
                "after the header, every message must be a chunk"),
            "INVALID_REQUEST");
      } else if (!request_.chunk().empty()) {
        return absl::string_view(request_.chunk());
      }
    }
    if (!status_.ok()) return status_;
    return absl::string_view();
  }

 private:
  grpc::ServerContext* const context_;
  Stream* const stream_;
  Request request_;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_UPLOAD_SOURCE_H_
