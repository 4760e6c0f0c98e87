#ifndef FAAS_IMAGE_STREAM_TAR_READER_H_
#define FAAS_IMAGE_STREAM_TAR_READER_H_

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"

namespace faas::image {

// A TarReader reads the entries of a tar (old, ustar, GNU, pax) in a stream. It
// uses libarchive, but no filter and no other format, and is strict: what
// libarchive would repair or skip with a warning is an error. The exception is
// names that are not UTF-8, which stay as they are.
//
// Errors: kTruncated, kMalformed, kLimit for an entry with headers of
// mebibytes, and those of the source as they are. After an error the reader is
// of no further use.
class TarReader {
 public:
  // A Block is bytes of an entry's content. There may be holes between blocks.
  struct Block {
    absl::string_view bytes;  // Valid until the next call. Empty at the end.
    uint64_t offset = 0;  // The offset in the content. At the end, its size.
  };

  // `source` must outlive the reader. `label` names the stream in errors: `the
  // archive`.
  TarReader(ByteSource& source, std::string label);

  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // Returns the next entry, which the reader owns and which is valid until the
  // next call; null at the end of the archive. Skips what was not read of the
  // entry before.
  absl::StatusOr<archive_entry*> Next();

  // Returns the next block of the current entry.
  absl::StatusOr<Block> Read();

  // A Trailer says how the archive ended.
  struct Trailer {
    bool marked;  // The archive ended with a block of zeros, as it should.
    bool zeros;   // Nothing but zeros came after it.
  };
  // Reads the source to its end, after Next() has returned null.
  absl::StatusOr<Trailer> Drain();

  const std::string& label() const { return label_; }
  // Returns the offset of the current entry's header.
  uint64_t header_offset() const {
    return static_cast<uint64_t>(archive_read_header_position(archive_.get()));
  }
  // Returns whether no call has failed yet.
  bool ok() const { return ok_; }

 private:
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  static ssize_t ReadCallback(archive* a, void* self, const void** buffer);
  absl::StatusOr<absl::string_view> NextPiece();
  absl::Status Failure(int code);
  // Returns the zeros that the stream lacks after the content of its last
  // entry, up to a whole block. umoci insert does not write them, and Go's
  // reader does not need them.
  absl::string_view MissingPadding() const;

  ByteSource& source_;
  const std::string label_;
  std::unique_ptr<archive, Free> archive_;
  archive_entry* entry_ = nullptr;
  // The offset at which the last block of the current entry's content ended.
  uint64_t content_read_ = 0;
  absl::Status source_status_;
  // The piece that libarchive has now, and the number of bytes of those before
  // it.
  absl::string_view piece_;
  uint64_t before_piece_ = 0;
  bool in_header_ = false;
  // The bytes of the pieces that came since the header began.
  uint64_t header_bytes_ = 0;
  bool source_ended_ = false;
  bool opened_ = false;
  bool ok_ = true;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_TAR_READER_H_
