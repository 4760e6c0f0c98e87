#ifndef FAAS_IMAGE_STREAM_PEEK_H_
#define FAAS_IMAGE_STREAM_PEEK_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"

namespace faas::image {

// The format of a stream, judged by its beginning.
enum class Encoding { kEmpty, kPlain, kGzip, kZstd, kJson };

// The number of bytes at a stream's beginning that Sniff() looks at.
constexpr size_t kSniffBytes = 512;

// Returns the format by the magic numbers of gzip and zstd and by the first
// bracket of JSON. All other streams are kPlain, and tars are among them.
Encoding Sniff(absl::string_view head);

// A PeekSource passes `source` on, and shows its beginning before that.
class PeekSource : public ByteSource {
 public:
  explicit PeekSource(ByteSource& source) : source_(source) {}

  // Returns the first `count` bytes, or fewer if there are no more. They are
  // valid until the next call. May not be called after Next().
  absl::StatusOr<absl::string_view> Peek(size_t count);

  absl::StatusOr<absl::string_view> Next() override;

 private:
  ByteSource& source_;
  // The joined pieces, if one piece was too short. Otherwise it is empty, and
  // nothing is copied.
  std::string joined_;
  absl::string_view pending_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_PEEK_H_
