#include "tests/security/api_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <memory>

#include "absl/status/status.h"

namespace faas::testing {
namespace {

constexpr std::chrono::seconds kTimeout(120);

std::shared_ptr<::grpc::Channel> Open(const ApiCall& call) {
  ::grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Calls of one process must not share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  if (!call.authority.empty()) {
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, call.authority);
  }
  std::shared_ptr<::grpc::ChannelCredentials> credentials =
      ::grpc::InsecureChannelCredentials();
  if (!call.roots.empty()) {
    credentials = ::grpc::SslCredentials({call.roots, call.key, call.cert});
    arguments.SetSslTargetNameOverride("localhost");
  }
  return ::grpc::CreateCustomChannel(call.target, credentials, arguments);
}

bool Next(::grpc::CompletionQueue& queue) {
  void* tag;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

::grpc::Status CallApi(const ApiCall& call) {
  ::grpc::GenericStub stub(Open(call));
  ::grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  if (!call.authorization.empty()) {
    context.AddMetadata("authorization", call.authorization);
  }
  ::grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context, call.method, &queue);
  stream->StartCall(nullptr);
  bool answered = false;
  if (Next(queue)) {
    const ::grpc::Slice slice(call.request);
    stream->WriteLast(::grpc::ByteBuffer(&slice, 1), ::grpc::WriteOptions(),
                      nullptr);
    Next(queue);  // if it fails, the status says why
    ::grpc::ByteBuffer answer;
    stream->Read(&answer, nullptr);
    answered = Next(queue);
    if (answered) context.TryCancel();
  }
  ::grpc::Status status;
  stream->Finish(&status, nullptr);
  Next(queue);
  return answered ? ::grpc::Status::OK : status;
}

std::string CodeName(const ::grpc::Status& status) {
  return absl::StatusCodeToString(
      static_cast<absl::StatusCode>(status.error_code()));
}

}  // namespace faas::testing
