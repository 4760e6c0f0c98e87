#include "image/layer/deferred_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/error.h"
#include "image/layer/file_ops.h"

namespace faas::image {
namespace {

using base::UniqueFd;
using Block = TarReader::Block;

constexpr size_t kReadBytes = 256 * 1024;

// The content of entries that are not files, which is nothing.
class NoContent : public EntryContent {
 public:
  absl::StatusOr<Block> Read() override { return Block(); }
};

size_t NotedBytes(const LayerEntry& entry) {
  size_t bytes = sizeof(entry) + entry.path.size() + entry.link.size();
  for (const Attribute& attribute : entry.attributes) {
    bytes += sizeof(attribute) + attribute.name.size() + attribute.value.size();
  }
  for (const std::string& name : entry.ignored_attributes) {
    bytes += sizeof(name) + name.size();
  }
  return bytes;
}

}  // namespace

// Gives `stored_bytes` from the stored file, then a block that the tar has
// given already, if any, then the rest of the tar's content.
class DeferredSink::ResumedContent : public EntryContent {
 public:
  ResumedContent(UniqueFd file, uint64_t stored_bytes,
                 absl::optional<Block> block, EntryContent& rest)
      : file_(std::move(file)),
        stored_bytes_(stored_bytes),
        block_(block),
        rest_(rest),
        buffer_(kReadBytes, '\0') {}

  absl::StatusOr<Block> Read() override {
    // Holes are left out, and so stay holes.
    while (position_ < stored_bytes_) {
      const off_t data =
          lseek(file_.get(), static_cast<off_t>(position_), SEEK_DATA);
      if (data < 0 && errno != ENXIO) return Failed();
      if (data < 0 || static_cast<uint64_t>(data) >= stored_bytes_) break;
      position_ = data;
      const ssize_t n = pread(
          file_.get(), buffer_.data(),
          std::min<uint64_t>(buffer_.size(), stored_bytes_ - position_), data);
      if (n < 0) return Failed();
      if (n == 0) {
        return StorageError(absl::DataLossError(
            "a stored layer's file is shorter than its entry"));
      }
      const Block block = {absl::string_view(buffer_.data(), n), position_};
      position_ += n;
      return block;
    }
    position_ = stored_bytes_;
    if (block_.has_value()) return *std::exchange(block_, absl::nullopt);
    return rest_.Read();
  }

 private:
  absl::Status Failed() const {
    return StorageError(base::ErrnoStatus("read a stored layer's file"));
  }

  const UniqueFd file_;
  const uint64_t stored_bytes_;
  absl::optional<Block> block_;
  EntryContent& rest_;
  std::string buffer_;
  uint64_t position_ = 0;
};

absl::StatusOr<UniqueFd> DeferredSink::OpenStored(
    const LayerEntry& entry) const {
  const Layer& layer = *recognizer_.layer();
  ASSIGN_OR_RETURN(const UniqueFd root,
                   OpenLayer({layer.directory, layer.directory_fd}, O_PATH));
  absl::StatusOr<UniqueFd> file =
      fs::OpenInRoot(root.get(), entry.path, O_RDONLY | O_NOFOLLOW);
  if (!file.ok()) return StorageError(file.status());
  return file;
}

absl::Status DeferredSink::Add(const LayerEntry& entry, EntryContent& content) {
  if (sink_ == nullptr && recognizer_.matching() &&
      noted_bytes_ < kMaxNotedBytes) {
    return Note(entry, content);
  }
  if (sink_ == nullptr) RETURN_IF_ERROR(WriteNoted());
  return sink_->Add(entry, content);
}

absl::Status DeferredSink::Note(const LayerEntry& entry,
                                EntryContent& content) {
  uint64_t stored_bytes = 0;
  while (entry.kind == EntryKind::kFile) {
    ASSIGN_OR_RETURN(const Block block, content.Read());
    if (!recognizer_.matching()) {
      // Up to here the file is as the stored layer has it.
      RETURN_IF_ERROR(WriteNoted());
      ASSIGN_OR_RETURN(UniqueFd file, OpenStored(entry));
      ResumedContent resumed(std::move(file), stored_bytes, block, content);
      return sink_->Add(entry, resumed);
    }
    if (block.bytes.empty()) break;
    stored_bytes = block.offset + block.bytes.size();
  }
  noted_bytes_ += NotedBytes(entry);
  noted_.push_back(entry);
  return absl::OkStatus();
}

absl::Status DeferredSink::WriteNoted() {
  ASSIGN_OR_RETURN(sink_, begin_layer_(label_));
  NoContent none;
  for (const LayerEntry& entry : noted_) {
    if (entry.kind != EntryKind::kFile) {
      RETURN_IF_ERROR(sink_->Add(entry, none));
      continue;
    }
    ASSIGN_OR_RETURN(UniqueFd file, OpenStored(entry));
    ResumedContent content(std::move(file), entry.bytes, absl::nullopt, none);
    RETURN_IF_ERROR(sink_->Add(entry, content));
  }
  noted_ = {};
  return absl::OkStatus();
}

absl::StatusOr<LayerSink::Written> DeferredSink::Finish() {
  if (recognizer_.recognized()) return Written();
  if (sink_ == nullptr) RETURN_IF_ERROR(WriteNoted());
  return sink_->Finish();
}

}  // namespace faas::image
