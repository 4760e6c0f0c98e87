#ifndef FAAS_IMAGE_BYTE_SOURCE_H_
#define FAAS_IMAGE_BYTE_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// A stream of bytes that is read once, from its beginning to its end: an
// upload, a pipe, a file. One thread at a time. After an error or the end,
// Next() goes on returning the same.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // The next bytes, valid until the next call; empty at the end.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

// Reads a file, a pipe or a socket; `fd` is borrowed.
class FdSource : public ByteSource {
 public:
  static constexpr size_t kChunkBytes = 256 * 1024;

  explicit FdSource(int fd, size_t chunk_bytes = kChunkBytes);
  absl::StatusOr<absl::string_view> Next() override;

 private:
  const int fd_;
  std::vector<char> buffer_;
};

// Bytes in memory, in pieces of at most `chunk_bytes`.
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
