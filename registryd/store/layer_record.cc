#include "registryd/store/layer_record.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::registryd {
namespace {

// There is one checkpoint for each MiB of a layer.
constexpr size_t kMaxCheckpointBytes = size_t{16} << 20;
constexpr size_t kMaxRecordBytes = size_t{1} << 20;

std::string RecordPath(const std::string& directory) {
  return absl::StrCat(directory, "/layer.json");
}

std::string CheckpointsPath(const std::string& directory) {
  return absl::StrCat(directory, "/checkpoints");
}

absl::Status WriteFile(const std::string& path, absl::string_view bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  return fs::WriteFd(fd.get(), bytes);
}

}  // namespace

absl::Status SaveLayerRecord(const std::string& directory,
                             const internal::v1::LayerRecord& record,
                             Durable durable) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(record, &json, options);
  if (!status.ok()) {
    return absl::InternalError(
        absl::StrCat("write \"", RecordPath(directory),
                     "\" as JSON: ", std::string(status.message())));
  }
  const std::string path = RecordPath(directory);
  if (durable == Durable::kNow) return fs::WriteFileDurably(path, json, 0600);
  return WriteFile(path, json);
}

absl::StatusOr<internal::v1::LayerRecord> LoadLayerRecord(
    const std::string& directory) {
  ASSIGN_OR_RETURN(const std::string json,
                   fs::ReadFile(RecordPath(directory), kMaxRecordBytes));
  internal::v1::LayerRecord record;
  const auto status =
      google::protobuf::util::JsonStringToMessage(json, &record);
  if (status.ok()) return record;
  return absl::DataLossError(
      absl::StrCat("\"", RecordPath(directory),
                   "\" is no layer record: ", std::string(status.message())));
}

absl::Status RemoveRecordLeftovers(const std::string& directory) {
  return fs::RemoveWriteLeftovers(RecordPath(directory));
}

absl::Status SaveCheckpoints(
    const std::string& directory,
    const std::vector<image::Checkpoint>& checkpoints) {
  std::string bytes;
  bytes.reserve(checkpoints.size() * sizeof(image::Checkpoint));
  for (const image::Checkpoint& checkpoint : checkpoints) {
    bytes.append(checkpoint.data(), checkpoint.size());
  }
  return WriteFile(CheckpointsPath(directory), bytes);
}

std::vector<image::Checkpoint> LoadCheckpoints(const std::string& directory) {
  const absl::StatusOr<std::string> bytes =
      fs::ReadFile(CheckpointsPath(directory), kMaxCheckpointBytes);
  if (!bytes.ok() || bytes->size() % sizeof(image::Checkpoint) != 0) return {};
  std::vector<image::Checkpoint> checkpoints(bytes->size() /
                                             sizeof(image::Checkpoint));
  std::memcpy(checkpoints.data(), bytes->data(), bytes->size());
  return checkpoints;
}

}  // namespace faas::registryd
