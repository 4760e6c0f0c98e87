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

// An Uploaded is an upload that the server has acknowledged.
struct Uploaded {
  v1::Function function;
};

struct UploadOptions {
  UploadKind kind = UploadKind::kCreate;
  std::string function;
  // The options that the call sets.
  OptionsChange change;
  // Whether the call sets an image. A new function needs one.
  bool image = true;
  // The image to take from an archive that holds several; empty for the only
  // one.
  std::string reference;
  // The source of the archive's bytes. Not used if there is a ticket.
  image::ByteSource* archive = nullptr;
  // The ticket of a descriptor from which registryd reads the archive itself.
  std::string ticket;
};

// Makes an archive the image of a function and sets its options. After an
// error, nothing has changed on the server, unless the connection broke after
// the change had become durable.
absl::StatusOr<Uploaded> Upload(const std::shared_ptr<grpc::Channel>& channel,
                                const UploadOptions& options,
                                UploadProgress& progress);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_UPLOAD_CALL_H_
