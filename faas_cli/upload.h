#ifndef FAAS_FAAS_CLI_UPLOAD_H_
#define FAAS_FAAS_CLI_UPLOAD_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "faas_cli/upload_progress.h"
#include "image/byte_source.h"

namespace faas::cli {

enum class UploadKind { kCreate, kUpdate };

// An upload that was acknowledged.
struct Uploaded {
  v1::Function function;
  uint64_t archive_bytes = 0;
};

// Sends `archive` as the image of the function `name`; of several images in it,
// that which `reference` names. On error nothing has changed on the server.
absl::StatusOr<Uploaded> Upload(const std::shared_ptr<grpc::Channel>& channel,
                                UploadKind kind, const std::string& name,
                                const std::string& reference,
                                image::ByteSource& archive,
                                UploadProgress& progress);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_UPLOAD_H_
