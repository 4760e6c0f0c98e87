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

absl::Status ReadEntries(TarReader& reader, const Limits& limits,
                         Budget& budget, LayerSink& sink) {
  uint64_t content_bytes = 0;
  while (true) {
    ASSIGN_OR_RETURN(archive_entry * raw, reader.Next());
    if (raw == nullptr) return absl::OkStatus();
    if (budget.entries-- == 0) return TooManyEntries(limits);
    ASSIGN_OR_RETURN(const LayerEntry entry,
                     ParseLayerEntry(raw, reader.label(), limits));
    // A sparse file's size may be far beyond the bytes that the tar has.
    if (entry.bytes > limits.layer_bytes - content_bytes) {
      return ImageError(ErrorCategory::kLimit,
                        absl::StrCat(reader.label(), " unpacks to more than ",
                                     limits.layer_bytes, " bytes"));
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
  const uint64_t limit = std::min(limits.layer_bytes, budget.image_bytes);
  LimitSource limited(
      tar, limit,
      limit == limits.layer_bytes
          ? absl::StrCat(label, " unpacks to more than ", limit, " bytes")
          : absl::StrCat("its layers unpack to more than ", limits.image_bytes,
                         " bytes"));
  PeekSource source(limited);
  ASSIGN_OR_RETURN(const absl::string_view head, source.Peek(1));
  // Some tools write an empty layer as no bytes at all; no tar reader says yes
  // to that.
  if (!head.empty()) {
    TarReader reader(source, label);
    RETURN_IF_ERROR(ReadEntries(reader, limits, budget, sink));
    RETURN_IF_ERROR(reader.Drain().status());
  }
  budget.image_bytes -= limited.bytes();
  return sink.Finish();
}

}  // namespace faas::image
