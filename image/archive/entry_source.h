#ifndef FAAS_IMAGE_ARCHIVE_ENTRY_SOURCE_H_
#define FAAS_IMAGE_ARCHIVE_ENTRY_SOURCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"
#include "image/stream/tar_reader.h"

namespace faas::image {

// An EntrySource gives the content of a tar's current entry. It fails with
// kMalformed if the entry is a sparse file.
class EntrySource : public ByteSource {
 public:
  // `reader` must outlive the source.
  explicit EntrySource(TarReader& reader) : reader_(reader) {}

  absl::StatusOr<absl::string_view> Next() override;

  // Returns the error of the archive itself, not of what the entry holds.
  const absl::Status& status() const { return status_; }

 private:
  TarReader& reader_;
  uint64_t expected_ = 0;
  absl::Status status_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_ENTRY_SOURCE_H_
