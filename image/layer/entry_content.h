#ifndef FAAS_IMAGE_LAYER_ENTRY_CONTENT_H_
#define FAAS_IMAGE_LAYER_ENTRY_CONTENT_H_

#include "absl/status/statusor.h"
#include "image/stream/tar_reader.h"

namespace faas::image {

// An EntryContent is the content of a layer's entry, which is read once from
// its beginning.
class EntryContent {
 public:
  virtual ~EntryContent() = default;

  // Returns the next block; see TarReader::Read.
  virtual absl::StatusOr<TarReader::Block> Read() = 0;
};

// A TarContent is the content of a tar's current entry.
class TarContent : public EntryContent {
 public:
  explicit TarContent(TarReader& reader) : reader_(reader) {}
  absl::StatusOr<TarReader::Block> Read() override { return reader_.Read(); }

 private:
  TarReader& reader_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_ENTRY_CONTENT_H_
