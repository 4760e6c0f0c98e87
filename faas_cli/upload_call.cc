#include "faas_cli/upload_call.h"

#include <grpcpp/client_context.h>

#include <thread>
#include <type_traits>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/rpc/status.h"
#include "faas/v1/function_service.grpc.pb.h"

namespace faas::cli {
namespace {

// The limit of the API for one message.
constexpr size_t kMaxChunkBytes = 1 << 20;

// Writes the whole archive. Returns the error of the source, if there is one.
// If a write fails, the server has ended the call, and Finish says why.
template <typename Stream, typename Request>
absl::Status SendArchive(Stream& stream, image::ByteSource& archive,
                         UploadProgress& progress) {
  Request request;
  uint64_t sent_bytes = 0;
  while (true) {
    absl::StatusOr<absl::string_view> bytes = archive.Next();
    if (!bytes.ok()) return bytes.status();
    if (bytes->empty()) break;
    while (!bytes->empty()) {
      const absl::string_view chunk = bytes->substr(0, kMaxChunkBytes);
      request.mutable_chunk()->assign(chunk.data(), chunk.size());
      if (!stream.Write(request)) return absl::OkStatus();
      sent_bytes += chunk.size();
      progress.Sent(sent_bytes);
      bytes->remove_prefix(chunk.size());
    }
  }
  progress.AllSent();
  return absl::OkStatus();
}

template <typename Header>
void SetHeader(const UploadOptions& options, Header* header) {
  header->mutable_function()->set_name(options.function);
  *header->mutable_function()->mutable_options() = options.change.options;
  *header->mutable_secrets() = options.change.secrets;
  header->set_reference(options.reference);
  header->set_archive_ticket(options.ticket);
  if constexpr (std::is_same_v<Header, v1::UpdateFunctionHeader>) {
    *header->mutable_update_mask() = options.change.mask;
    if (options.image) header->mutable_update_mask()->add_paths("image");
  }
}

template <typename Request, typename Response, typename Stream>
absl::StatusOr<Uploaded> Exchange(grpc::ClientContext& context, Stream& stream,
                                  const UploadOptions& options,
                                  UploadProgress& progress) {
  const bool handed_over = !options.ticket.empty();
  const bool sends = options.image && !handed_over;
  Uploaded uploaded;
  // The server sends progress while the archive is written.
  std::thread reader([&] {
    Response response;
    while (stream.Read(&response)) {
      if (response.has_progress()) {
        if (handed_over) progress.Sent(response.progress().archive_bytes());
        progress.Received(response.progress().layers(),
                          response.progress().total_layers());
      }
      if (response.has_function()) {
        uploaded.function = std::move(*response.mutable_function());
      }
    }
  });
  Request header;
  SetHeader(options, header.mutable_header());
  absl::Status sent;
  if (stream.Write(header) && sends) {
    sent = SendArchive<Stream, Request>(stream, *options.archive, progress);
  }
  if (sent.ok()) {
    stream.WritesDone();
  } else {
    context.TryCancel();
  }
  reader.join();
  const absl::Status status = rpc::FromGrpc(stream.Finish());
  if (!sent.ok()) return sent;
  if (!status.ok()) return status;
  return uploaded;
}

}  // namespace

absl::StatusOr<Uploaded> Upload(const std::shared_ptr<grpc::Channel>& channel,
                                const UploadOptions& options,
                                UploadProgress& progress) {
  const auto stub = v1::FunctionService::NewStub(channel);
  grpc::ClientContext context;
  if (options.kind == UploadKind::kCreate) {
    const auto stream = stub->CreateFunction(&context);
    return Exchange<v1::CreateFunctionRequest, v1::CreateFunctionResponse>(
        context, *stream, options, progress);
  }
  const auto stream = stub->UpdateFunction(&context);
  return Exchange<v1::UpdateFunctionRequest, v1::UpdateFunctionResponse>(
      context, *stream, options, progress);
}

}  // namespace faas::cli
