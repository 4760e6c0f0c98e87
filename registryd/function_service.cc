#include "registryd/function_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "registryd/deploy/requested_options.h"
#include "registryd/upload/descriptor_archive.h"
#include "registryd/upload/upload_archive.h"

namespace faas::registryd {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 1000;
// gRPC clients accept messages of at most 4 MiB by default.
constexpr size_t kMaxPageBytes = 2 << 20;
// How soon a watch notices that its caller has gone.
constexpr absl::Duration kWatchCheck = absl::Milliseconds(500);
// A client that does not read its progress must not let the stream fill up, or
// both sides would wait for each other. 500 messages stay far below what the
// stream buffers.
constexpr absl::Duration kProgressInterval = absl::Milliseconds(200);
constexpr int kMaxProgressMessages = 500;

absl::Status InvalidRequest(absl::string_view message) {
  return rpc::WithReason(absl::InvalidArgumentError(message),
                         "INVALID_REQUEST");
}

// Sends the progress of an upload to its client, not too often.
template <typename Stream, typename Response>
class ProgressWriter {
 public:
  explicit ProgressWriter(Stream* stream) : stream_(stream) {}

  void operator()(const image::Progress& progress) {
    const absl::Time now = absl::Now();
    // The longer an upload takes the fewer messages it sends, so that they
    // last.
    const absl::Duration interval =
        std::max(kProgressInterval, (now - start_) / 100);
    if (now - last_ < interval || sent_ >= kMaxProgressMessages) return;
    last_ = now;
    ++sent_;
    Response response;
    response.mutable_progress()->set_archive_bytes(progress.archive_bytes);
    response.mutable_progress()->set_layers(progress.layers);
    response.mutable_progress()->set_total_layers(progress.total_layers);
    // An error needs no handling: the upload ends when the client has gone.
    stream_->Write(response);
  }

 private:
  Stream* const stream_;
  const absl::Time start_ = absl::Now();
  absl::Time last_ = absl::InfinitePast();
  int sent_ = 0;
};

// Does what CreateFunction and UpdateFunction share. Calls `deploy` with the
// header, the archive, the progress callback and the cancellation check.
template <typename Request, typename Response, typename Deploy>
grpc::Status Upload(grpc::ServerContext* context,
                    grpc::ServerReaderWriter<Response, Request>* stream,
                    ArchiveInbox* inbox, Deploy deploy) {
  using Stream = grpc::ServerReaderWriter<Response, Request>;
  Request first;
  if (!stream->Read(&first) || !first.has_header()) {
    return rpc::ToGrpc(InvalidRequest("the first message must be the header"));
  }
  const auto cancelled = [context] { return context->IsCancelled(); };
  std::unique_ptr<extractor::ArchiveSource> archive;
  if (const std::string& ticket = first.header().archive_ticket();
      !ticket.empty()) {
    absl::StatusOr<base::UniqueFd> taken = inbox->Take(ticket);
    if (!taken.ok()) return rpc::ToGrpc(taken.status());
    archive = std::make_unique<DescriptorArchive>(*std::move(taken), cancelled);
  } else {
    archive =
        std::make_unique<UploadArchive<Request, Response>>(context, stream);
  }
  absl::StatusOr<v1::Function> function =
      deploy(first.header(), *archive, ProgressWriter<Stream, Response>(stream),
             cancelled);
  if (!function.ok()) return rpc::ToGrpc(function.status());
  Response response;
  *response.mutable_function() = *std::move(function);
  stream->Write(response);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status FunctionService::GetFunction(grpc::ServerContext*,
                                          const v1::GetFunctionRequest* request,
                                          v1::GetFunctionResponse* response) {
  absl::StatusOr<v1::Function> function = registry_->Get(request->name());
  if (!function.ok()) return rpc::ToGrpc(function.status());
  *response->mutable_function() = *std::move(function);
  return grpc::Status::OK;
}

grpc::Status FunctionService::ListFunctions(
    grpc::ServerContext*, const v1::ListFunctionsRequest* request,
    v1::ListFunctionsResponse* response) {
  const uint32_t size = request->page_size() == 0
                            ? kDefaultPage
                            : std::min(request->page_size(), kLargestPage);
  // The page token is the last name of the previous page. One function more
  // than requested shows whether there is a next page.
  std::vector<v1::Function> page =
      registry_->List(request->page_token(), size_t{size} + 1);
  size_t bytes = 0;
  for (v1::Function& function : page) {
    const uint32_t listed = static_cast<uint32_t>(response->functions_size());
    bytes += function.ByteSizeLong();
    if (listed == size || (listed > 0 && bytes > kMaxPageBytes)) {
      response->set_next_page_token(response->functions().rbegin()->name());
      break;
    }
    *response->add_functions() = std::move(function);
  }
  return grpc::Status::OK;
}

grpc::Status FunctionService::CreateFunction(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::CreateFunctionResponse,
                             v1::CreateFunctionRequest>* stream) {
  return Upload(
      context, stream, inbox_,
      [this](const v1::CreateFunctionHeader& header, auto& archive,
             auto progress, auto cancelled) {
        google::protobuf::FieldMask options;
        options.add_paths("options");
        return deployer_->Create({header.function().name(), header.function(),
                                  options, header.secrets(), header.reference(),
                                  archive, progress, cancelled});
      });
}

grpc::Status FunctionService::UpdateFunction(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::UpdateFunctionResponse,
                             v1::UpdateFunctionRequest>* stream) {
  return Upload(
      context, stream, inbox_,
      [this](const v1::UpdateFunctionHeader& header, auto& archive,
             auto progress, auto cancelled) -> absl::StatusOr<v1::Function> {
        ASSIGN_OR_RETURN(const UpdateMask mask,
                         ParseUpdateMask(header.update_mask()));
        if (!mask.image) {
          return deployer_->Configure(header.function(), mask.options,
                                      header.secrets());
        }
        return deployer_->Update({header.function().name(), header.function(),
                                  mask.options, header.secrets(),
                                  header.reference(), archive, progress,
                                  cancelled});
      });
}

grpc::Status FunctionService::DeleteFunction(
    grpc::ServerContext*, const v1::DeleteFunctionRequest* request,
    v1::DeleteFunctionResponse*) {
  return rpc::ToGrpc(deployer_->Delete(request->name()));
}

grpc::Status FunctionService::WatchFunctions(
    grpc::ServerContext* context, const v1::WatchFunctionsRequest*,
    grpc::ServerWriter<v1::WatchFunctionsResponse>* writer) {
  uint64_t generation;
  std::vector<Registry::Event> events = registry_->Snapshot(&generation);
  while (true) {
    for (const Registry::Event& event : events) {
      if (!writer->Write(event)) return grpc::Status::CANCELLED;
      generation = event.generation();
    }
    if (context->IsCancelled()) return grpc::Status::CANCELLED;
    if (stopping_) {
      return rpc::ToGrpc(absl::UnavailableError("registryd is stopping"));
    }
    auto changes = registry_->AwaitChanges(generation, kWatchCheck);
    if (!changes.ok()) return rpc::ToGrpc(changes.status());
    events = *std::move(changes);
  }
}

}  // namespace faas::registryd
