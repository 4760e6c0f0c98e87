#include "image/layer/read_layer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/layer/layer_entry.h"
#include "image/stream/limit.h"
#include "image/stream/peek.h"
#include "image/stream/tar_reader.h"

namespace faas::image {
namespace {

absl::Status TooManyEntries(const Limits& limits) {
  return ImageError(ErrorCategory::kLimit,
                    absl::StrCat("it has more than ", limits.entries,
                                 " files and directories"));
}

// What a layer may take, and what is said of one that takes more.
struct ByteLimit {
  uint64_t bytes;
  std::string complaint;
};

ByteLimit FindLimit(const std::string& label, const Limits& limits,
                    const Budget& budget) {
  if (limits.layer_bytes <= budget.image_bytes) {
    return {limits.layer_bytes, absl::StrCat(label, " unpacks to more than ",
                                             limits.layer_bytes, " bytes")};
  }
  return {budget.image_bytes, absl::StrCat("its layers unpack to more than ",
                                           limits.image_bytes, " bytes")};
}

// Adds the content of all entries up to `content_bytes`.
absl::Status ReadEntries(TarReader& reader, const Limits& limits,
                         const ByteLimit& limit, uint64_t& content_bytes,
                         Budget& budget, LayerSink& sink) {
  while (true) {
    ASSIGN_OR_RETURN(archive_entry * raw, reader.Next());
    if (raw == nullptr) return reader.Drain().status();
    if (budget.entries-- == 0) return TooManyEntries(limits);
    ASSIGN_OR_RETURN(const LayerEntry entry,
                     ParseLayerEntry(raw, reader.label(), limits));
    // A sparse file's size may be far beyond the bytes that the tar has.
    if (entry.bytes > limit.bytes - content_bytes) {
      return ImageError(ErrorCategory::kLimit, limit.complaint);
    }
    content_bytes += entry.bytes;
    RETURN_IF_ERROR(sink.Add(entry, reader));
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
  // Some tools write an empty layer as no bytes at all; no tar reader says yes
  // to that.
  if (head.empty()) return sink.Finish();
  TarReader reader(source, label);
  uint64_t content_bytes = 0;
  const absl::Status read =
      ReadEntries(reader, limits, limit, content_bytes, budget, sink);
  // A layer that is broken has taken its part of the disk all the same.
  budget.image_bytes -= std::max(limited.bytes(), content_bytes);
  RETURN_IF_ERROR(read);
  return sink.Finish();
}

}  // namespace faas::image
