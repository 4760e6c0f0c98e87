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

// The entries of a tar (old, ustar, GNU, pax) in a stream, by libarchive, with
// no filter and no other format. Strict: what libarchive would repair or skip
// with a warning is an error, but for names that are not UTF-8, which stay as
// they are.
//
// Errors: kTruncated, kMalformed, kLimit for an entry with headers of
// mebibytes, and those of the source as they are. After an error the reader is
// of no further use.
class TarReader {
 public:
  // Bytes of an entry's content. Between blocks there may be holes.
  struct Block {
    absl::string_view bytes;  // valid until the next call; empty at the end
    uint64_t offset = 0;      // within the content; at the end, its size
  };

  // `label` names the stream in errors: `the archive`.
  TarReader(ByteSource& source, std::string label);

  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // The next entry, owned by the reader and valid until the next call; null at
  // the end of the archive. Skips what was not read of the last entry.
  absl::StatusOr<archive_entry*> Next();

  // The next block of the current entry.
  absl::StatusOr<Block> Read();

  // After Next() has returned null: reads the source to its end.
  struct Trailer {
    bool marked;  // the archive ended with a block of zeros, as it should
    bool zeros;   // nothing but zeros came after it
  };
  absl::StatusOr<Trailer> Drain();

  const std::string& label() const { return label_; }
  // Where the current entry's header begins.
  uint64_t header_offset() const {
    return static_cast<uint64_t>(archive_read_header_position(archive_.get()));
  }
  // Whether no call has failed yet.
  bool ok() const { return ok_; }

 private:
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  static ssize_t ReadCallback(archive* a, void* self, const void** buffer);
  absl::StatusOr<absl::string_view> NextPiece();
  absl::Status Failure(int code);
  // What the ended stream lacks of a whole block after the content of its last
  // entry. umoci insert does not write it, and Go's reader does not miss it.
  absl::string_view MissingPadding() const;

  ByteSource& source_;
  const std::string label_;
  std::unique_ptr<archive, Free> archive_;
  archive_entry* entry_ = nullptr;
  // Where the last block of the current entry's content ended.
  uint64_t content_read_ = 0;
  absl::Status source_status_;
  // The piece that libarchive has now, and the bytes of those before it.
  absl::string_view piece_;
  uint64_t before_piece_ = 0;
  bool in_header_ = false;
  uint64_t header_bytes_ = 0;  // of the pieces that came since it began
  bool source_ended_ = false;
  bool opened_ = false;
  bool ok_ = true;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_TAR_READER_H_
