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

// ReadProgress says how far the reading has come.
struct ReadProgress {
  uint64_t archive_bytes = 0;
  uint32_t layers = 0;
  // 0 as long as the manifest has not come.
  uint32_t total_layers = 0;
};

// An ArchiveObserver says where the contents of an archive go, and who is told
// of the progress.
struct ArchiveObserver {
  LayerSinkFactory begin_layer;
  // Finds layers that need not be written again. May be null.
  StoredLayers* stored = nullptr;
  // Called after each piece of the source and after each layer. May be empty.
  std::function<void(const ReadProgress& progress)> on_progress;
  // The image whose number of layers the progress tells; see ChooseImage.
  std::string reference;
  // Reads and decompresses ahead. If it is null, ReadArchive makes one.
  StandbyThread* standby_thread = nullptr;
};

struct ReadArchiveResult {
  BlobIndex index;
  uint64_t archive_bytes;
  // What the image may still take of the limits.
  Budget budget;
};

// Reads an image archive, a tar that may be compressed as a whole, from its
// first byte to its last. Keeps its JSON documents, and gives what looks like a
// layer to a sink from `observer` as it passes.
//
// Which blobs count is only known when the manifest has come. So a blob that
// turns out to be broken or no layer is an error only once an image names it.
// Only kLimit, kStorage and errors of the archive as a whole end the reading.
absl::StatusOr<ReadArchiveResult> ReadArchive(ByteSource& source,
                                              const ArchiveObserver& observer,
                                              const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_ARCHIVE_READER_H_
