#ifndef FAAS_FAAS_CLI_UPLOAD_CALL_H_
#define FAAS_FAAS_CLI_UPLOAD_CALL_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "faas_cli/option_flags.h"
#include "faas_cli/upload_progress.h"
#include "image/byte_source.h"

namespace faas::cli {

enum class UploadKind { kCreate, kUpdate };

// An upload that was acknowledged.
struct Uploaded {
  v1::Function function;
};

struct UploadOptions {
  UploadKind kind = UploadKind::kCreate;
  std::string function;
  // What the function's options are to be.
  OptionsChange change;
  // Whether there is an image; a new function has one.
  bool image = true;
  // Of several images in the archive, which; empty for the only one.
  std::string reference;
  // Where its bytes come from...
  image::ByteSource* archive = nullptr;
  // ...unless registryd has them from a descriptor with this ticket.
  std::string ticket;
};

// Makes an archive the image of a function and sets its options. On error
// nothing has changed on the server.
absl::StatusOr<Uploaded> Upload(const std::shared_ptr<grpc::Channel>& channel,
                                const UploadOptions& options,
                                UploadProgress& progress);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_UPLOAD_CALL_H_
