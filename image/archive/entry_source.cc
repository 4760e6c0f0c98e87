#include "image/archive/entry_source.h"

#include "image/error.h"

namespace faas::image {

absl::StatusOr<absl::string_view> EntrySource::Next() {
  absl::StatusOr<TarReader::Block> block = reader_.Read();
  if (block.ok() && block->offset != expected_) {
    block = ImageError(ErrorCategory::kMalformed,
                       "the archive holds a sparse file; save it again");
  }
  if (!block.ok()) {
    status_ = block.status();
    return status_;
  }
  expected_ += block->bytes.size();
  return block->bytes;
}

}  // namespace faas::image
