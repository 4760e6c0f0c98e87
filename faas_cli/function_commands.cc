#include "faas_cli/function_commands.h"

#include <grpcpp/client_context.h>

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "faas/v1/function_service.grpc.pb.h"
#include "faas_cli/archive_handover.h"
#include "faas_cli/archive_input.h"
#include "faas_cli/oci_directory.h"
#include "faas_cli/render.h"
#include "function/function_name.h"

namespace faas::cli {
namespace {

void Print(const std::string& text) {
  fwrite(text.data(), 1, text.size(), stdout);
  fflush(stdout);
}

absl::StatusOr<v1::Function> GetFunction(const Endpoint& endpoint,
                                         const std::string& name) {
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  grpc::ClientContext context;
  v1::GetFunctionRequest request;
  request.set_name(name);
  v1::GetFunctionResponse response;
  RETURN_IF_ERROR(
      rpc::FromGrpc(v1::FunctionService::NewStub(channel)->GetFunction(
          &context, request, &response)));
  return response.function();
}

// The source of the bytes of an upload.
struct Source {
  // The descriptor that `bytes` reads from; invalid for an OCI layout.
  base::UniqueFd fd;
  std::unique_ptr<image::ByteSource> bytes;
  // The name for messages.
  std::string name;
  uint64_t total_bytes = 0;
};

// Lets a registryd on this host read the archive itself. Returns an empty
// hand-over if it does not take the descriptor; the call then sends the bytes.
ArchiveHandover TryHandOver(const Endpoint& endpoint, const Source& source) {
  if (!source.fd.valid() || endpoint.run_dir.empty()) return {};
  absl::StatusOr<ArchiveHandover> handover =
      HandOver(endpoint.run_dir, source.fd.get());
  return handover.ok() ? *std::move(handover) : ArchiveHandover();
}

absl::StatusOr<Source> OpenSource(const ImageInput& input) {
  Source source;
  if (!input.oci_directory.empty()) {
    ASSIGN_OR_RETURN(auto layout,
                     OciDirectory::Open(input.oci_directory, input.reference));
    source.total_bytes = layout->total_bytes();
    source.name = input.oci_directory;
    source.bytes = std::move(layout);
    return source;
  }
  ASSIGN_OR_RETURN(ArchiveInput archive, OpenArchive(input.archive));
  source.fd = std::move(archive.fd);
  source.bytes = std::make_unique<image::FdSource>(source.fd.get());
  source.name = archive.name;
  source.total_bytes = archive.bytes;
  return source;
}

// Returns whether the user has named an image. An update with options ignores
// standard input unless it is named: a command in a script always has one, but
// hardly ever means it.
bool HasImage(const ImageInput& input) {
  return !input.archive.empty() || !input.oci_directory.empty() ||
         !input.reference.empty();
}

absl::Status Configure(const Endpoint& endpoint, const std::string& name,
                       const OptionsChange& change, Output output) {
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  UploadProgress progress(0);
  ASSIGN_OR_RETURN(const Uploaded updated, Upload(channel,
                                                  {.kind = UploadKind::kUpdate,
                                                   .function = name,
                                                   .change = change,
                                                   .image = false},
                                                  progress));
  Print(output == Output::kText
            ? absl::StrCat("✓ Updated ", name, " at ",
                           updated.function.address(),
                           " (the image stays; a FILE, or - for standard "
                           "input, would replace it)\n",
                           OptionLines(updated.function.options()))
            : Json(updated.function));
  return absl::OkStatus();
}

}  // namespace

absl::Status Deploy(const Endpoint& endpoint, UploadKind kind,
                    const std::string& name, const ImageInput& input,
                    const OptionFlags& flags, Output output) {
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const OptionsChange change, ParseOptions(flags));
  if (kind == UploadKind::kUpdate && !change.empty() && !HasImage(input)) {
    return Configure(endpoint, name, change, output);
  }
  ASSIGN_OR_RETURN(const Source source, OpenSource(input));
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  const bool text = output == Output::kText;
  if (text) {
    Print(absl::StrCat("Uploading image '", base::Printable(name),
                       "' to FaaS platform...\n"));
  }
  absl::StatusOr<Uploaded> result;
  {
    const ArchiveHandover handover = TryHandOver(endpoint, source);
    UploadProgress progress(source.total_bytes);
    result = Upload(channel,
                    {.kind = kind,
                     .function = name,
                     .change = change,
                     .reference = input.reference,
                     .archive = source.bytes.get(),
                     .ticket = handover.ticket},
                    progress);
  }
  if (!result.ok()) return result.status();
  const Uploaded& uploaded = *result;
  if (!text) {
    Print(Json(uploaded.function));
    return absl::OkStatus();
  }
  Print(absl::StrCat("Read ", uploaded.function.image().archive_bytes(),
                     " bytes from ", source.name, "\n",
                     kind == UploadKind::kCreate ? "✓ Deployed " : "✓ Updated ",
                     name, " at ", uploaded.function.address(), "\n",
                     "  Command: ", CommandList(uploaded.function), "\n",
                     OptionLines(uploaded.function.options()),
                     IgnoredAttributes(uploaded.function.image())));
  return absl::OkStatus();
}

absl::Status Remove(const Endpoint& endpoint, const std::string& name,
                    Output output) {
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  grpc::ClientContext context;
  v1::DeleteFunctionRequest request;
  request.set_name(name);
  v1::DeleteFunctionResponse response;
  RETURN_IF_ERROR(
      rpc::FromGrpc(v1::FunctionService::NewStub(channel)->DeleteFunction(
          &context, request, &response)));
  Print(output == Output::kText ? absl::StrCat("✓ Removed ", name, "\n")
                                : Json(response));
  return absl::OkStatus();
}

absl::Status List(const Endpoint& endpoint, Output output) {
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  const auto stub = v1::FunctionService::NewStub(channel);
  std::vector<v1::Function> functions;
  v1::ListFunctionsRequest request;
  do {
    grpc::ClientContext context;
    v1::ListFunctionsResponse response;
    RETURN_IF_ERROR(
        rpc::FromGrpc(stub->ListFunctions(&context, request, &response)));
    for (v1::Function& function : *response.mutable_functions()) {
      functions.push_back(std::move(function));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  Print(output == Output::kText ? Table(functions) : Json(functions));
  return absl::OkStatus();
}

absl::Status PrintIp(const Endpoint& endpoint, const std::string& name,
                     Output output) {
  ASSIGN_OR_RETURN(const v1::Function function, GetFunction(endpoint, name));
  if (output == Output::kText) {
    Print(function.address() + "\n");
    return absl::OkStatus();
  }
  v1::Function ip;
  ip.set_name(function.name());
  ip.set_address(function.address());
  ip.set_port(function.port());
  Print(Json(ip));
  return absl::OkStatus();
}

absl::Status Describe(const Endpoint& endpoint, const std::string& name,
                      Output output) {
  ASSIGN_OR_RETURN(const v1::Function function, GetFunction(endpoint, name));
  Print(output == Output::kText ? Description(function) : Json(function));
  return absl::OkStatus();
}

}  // namespace faas::cli
