#ifndef FAAS_IMAGE_STREAM_PEEK_H_
#define FAAS_IMAGE_STREAM_PEEK_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"

namespace faas::image {

// What a stream begins with.
enum class Encoding { kEmpty, kPlain, kGzip, kZstd, kJson };

// How much of a stream's beginning Sniff() looks at.
constexpr size_t kSniffBytes = 512;

// Judges by the magic numbers of gzip and zstd and by JSON's first bracket;
// the rest is kPlain, tars among it.
Encoding Sniff(absl::string_view head);

// Passes `source` on, and lets its beginning be looked at before.
class PeekSource : public ByteSource {
 public:
  explicit PeekSource(ByteSource& source) : source_(source) {}

  // The first `count` bytes, fewer if there are no more. Valid until the next
  // call. Not to be called after Next().
  absl::StatusOr<absl::string_view> Peek(size_t count);

  absl::StatusOr<absl::string_view> Next() override;

 private:
  ByteSource& source_;
  // Pieces joined because one was too short; otherwise empty, and nothing is
  // copied.
  std::string joined_;
  absl::string_view pending_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_PEEK_H_
