#ifndef FAAS_IMAGE_BYTE_SOURCE_H_
#define FAAS_IMAGE_BYTE_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// A ByteSource is a stream of bytes that is read once, from its beginning to
// its end: an upload, a pipe, a file. One thread at a time may read it. After
// an error or the end, Next() goes on returning the same.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Returns the next bytes, which are valid until the next call. They are empty
  // at the end.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

// A FdSource reads a file, a pipe or a socket. It does not own `fd`, which must
// outlive it.
class FdSource : public ByteSource {
 public:
  static constexpr size_t kChunkBytes = 256 * 1024;

  explicit FdSource(int fd, size_t chunk_bytes = kChunkBytes);
  absl::StatusOr<absl::string_view> Next() override;

 private:
  const int fd_;
  std::vector<char> buffer_;
};

// A StringSource gives bytes in memory, in pieces of at most `chunk_bytes`.
class StringSource : public ByteSource {
 public:
  explicit StringSource(std::string data, size_t chunk_bytes = 64 * 1024);
  absl::StatusOr<absl::string_view> Next() override;

 private:
  const std::string data_;
  const size_t chunk_bytes_;
  size_t position_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_BYTE_SOURCE_H_
