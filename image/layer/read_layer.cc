#include "image/layer/read_layer.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/layer/layer_entry.h"
#include "image/stream/limit.h"
#include "image/stream/peek.h"
#include "image/stream/tar_reader.h"

namespace faas::image {
namespace {

absl::Status TooManyEntries(const Limits& limits) {
  return ImageError(
      ErrorCategory::kLimit,
      absl::StrCat("it has more than ", limits.entries,
                   " files and directories", NameLimit("max_image_entries")));
}

// Returns `status`, which names the layer by `label`, with the place in the
// layer added.
absl::Status AtByte(uint64_t offset, const std::string& label,
                    const absl::Status& status) {
  const std::optional<ErrorCategory> category = CategoryOf(status);
  const size_t found = status.message().find(label);
  if (!category.has_value() || found == absl::string_view::npos) return status;
  absl::string_view message = status.message();
  absl::ConsumePrefix(&message, kErrorPrefix);
  const size_t end = message.find(label) + label.size();
  return ImageError(*category, absl::StrCat(message.substr(0, end), " at byte ",
                                            offset, message.substr(end)));
}

// A ByteLimit says how many bytes a layer may have, and the error for one that
// has more.
struct ByteLimit {
  uint64_t bytes;
  std::string complaint;
};

ByteLimit FindLimit(const std::string& label, const Limits& limits,
                    const Budget& budget) {
  if (limits.layer_bytes <= budget.image_bytes) {
    return {limits.layer_bytes,
            absl::StrCat(label, " unpacks to more than ", limits.layer_bytes,
                         " bytes", NameLimit("max_layer_bytes"))};
  }
  return {budget.image_bytes,
          absl::StrCat("its layers unpack to more than ", limits.image_bytes,
                       " bytes", NameLimit("max_image_bytes"))};
}

// Reads all entries, and adds the sizes of their content to `content_bytes`.
absl::Status ReadEntries(TarReader& reader, const Limits& limits,
                         const ByteLimit& limit, uint64_t& content_bytes,
                         Budget& budget, LayerSink& sink) {
  while (true) {
    ASSIGN_OR_RETURN(archive_entry * raw, reader.Next());
    if (raw == nullptr) return reader.Drain().status();
    if (budget.entries-- == 0) return TooManyEntries(limits);
    absl::StatusOr<LayerEntry> parsed =
        ParseLayerEntry(raw, reader.label(), limits);
    if (!parsed.ok()) {
      return AtByte(reader.header_offset(), reader.label(), parsed.status());
    }
    const LayerEntry& entry = *parsed;
    // A sparse file may be far larger than the bytes that the tar has of it.
    if (entry.bytes > limit.bytes - content_bytes) {
      return ImageError(ErrorCategory::kLimit, limit.complaint);
    }
    content_bytes += entry.bytes;
    const uint64_t offset = reader.header_offset();
    TarContent content(reader);
    const absl::Status added = sink.Add(entry, content);
    if (!added.ok() && reader.ok()) {
      return AtByte(offset, reader.label(), added);
    }
    RETURN_IF_ERROR(added);
  }
}

}  // namespace

absl::StatusOr<LayerSink::Written> ReadLayer(ByteSource& tar,
                                             const std::string& label,
                                             const Limits& limits,
                                             Budget& budget, LayerSink& sink) {
  const ByteLimit limit = FindLimit(label, limits, budget);
  LimitSource limited(tar, limit.bytes, limit.complaint);
  PeekSource source(limited);
  ASSIGN_OR_RETURN(const absl::string_view head, source.Peek(1));
  // Some tools write an empty layer as no bytes at all, which tar readers
  // refuse.
  if (head.empty()) return sink.Finish();
  TarReader reader(source, label);
  uint64_t content_bytes = 0;
  const absl::Status read =
      ReadEntries(reader, limits, limit, content_bytes, budget, sink);
  // A broken layer has used its part of the disk all the same.
  budget.image_bytes -= std::max(limited.bytes(), content_bytes);
  RETURN_IF_ERROR(read);
  return sink.Finish();
}

}  // namespace faas::image
