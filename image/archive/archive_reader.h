#ifndef FAAS_IMAGE_ARCHIVE_ARCHIVE_READER_H_
#define FAAS_IMAGE_ARCHIVE_ARCHIVE_READER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "image/archive/blob_index.h"
#include "image/byte_source.h"
#include "image/layer/layer_sink.h"
#include "image/layer/read_layer.h"
#include "image/limits.h"
#include "image/standby_thread.h"
#include "image/stored_layer.h"

namespace faas::image {

// How far the reading has come.
struct ReadProgress {
  uint64_t archive_bytes = 0;
  uint32_t layers = 0;
  uint32_t total_layers = 0;  // 0 if the manifest has not come
};

// Where the contents of an archive go, and who watches.
struct ArchiveObserver {
  LayerSinkFactory begin_layer;
  // Layers that need not be written again; may be null.
  StoredLayers* stored = nullptr;
  // After each piece of the source and after each layer; may be empty.
  std::function<void(const ReadProgress& progress)> on_progress;
  // Of which image the progress tells how many layers it has; see ChooseImage.
  std::string reference;
  // Reads and inflates ahead; if it is null, one is made.
  StandbyThread* standby_thread = nullptr;
};

struct ReadArchiveResult {
  BlobIndex index;
  uint64_t archive_bytes;
  Budget budget;  // what is left of it
};

// Reads an image archive from its first byte to its last, a tar that may be
// compressed as a whole. Keeps its JSON documents, and gives what looks like a
// layer to a sink from `observer` as it passes; which of them count is for the
// manifest to say, so a blob that turns out to be no layer, or a broken one, is
// an error only once an image names it. But for kLimit, kStorage and errors of
// the archive as a whole, which end the reading.
absl::StatusOr<ReadArchiveResult> ReadArchive(ByteSource& source,
                                              const ArchiveObserver& observer,
                                              const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_ARCHIVE_READER_H_
