#ifndef FAAS_REGISTRYD_UPLOAD_UPLOAD_ARCHIVE_H_
#define FAAS_REGISTRYD_UPLOAD_UPLOAD_ARCHIVE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include "absl/status/status.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "extractor/client/archive_source.h"
#include "extractor/client/pipe_writer.h"

namespace faas::registryd {

// An archive that a client sends in the chunks of a call. `Request` is
// CreateFunctionRequest or UpdateFunctionRequest; its header has been read
// already. Writing it returns CANCELLED if the client breaks the stream off
// instead of ending it, and INVALID_ARGUMENT (INVALID_REQUEST) for a message
// that is no chunk.
template <typename Request, typename Response>
class UploadArchive : public extractor::ArchiveSource {
 public:
  using Stream = grpc::ServerReaderWriter<Response, Request>;

  // Borrows both, which must outlive it. Nobody else may read from the stream;
  // others may write to it.
  UploadArchive(grpc::ServerContext* context, Stream* stream)
      : context_(context), stream_(stream) {}

  absl::Status WriteTo(int pipe) override {
    extractor::PipeWriter writer(pipe,
                                 [this] { return context_->IsCancelled(); });
    Request request;
    while (stream_->Read(&request)) {
      if (!request.has_chunk()) {
        return rpc::WithReason(
            absl::InvalidArgumentError(
                "after the header, every message must be a chunk"),
            "INVALID_REQUEST");
      }
      ASSIGN_OR_RETURN(const bool written, writer.Write(request.chunk()));
      if (!written) return absl::OkStatus();
    }
    if (!context_->IsCancelled()) return absl::OkStatus();
    return absl::CancelledError("the upload was broken off");
  }

 private:
  grpc::ServerContext* const context_;
  Stream* const stream_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_UPLOAD_UPLOAD_ARCHIVE_H_
