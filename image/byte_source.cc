#include "image/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/errno_status.h"

namespace faas::image {

FdSource::FdSource(int fd, size_t chunk_bytes)
    : fd_(fd), buffer_(chunk_bytes) {}

absl::StatusOr<absl::string_view> FdSource::Next() {
  ssize_t n;
  do {
    n = read(fd_, buffer_.data(), buffer_.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return base::ErrnoStatus("read the archive");
  return absl::string_view(buffer_.data(), n);
}

StringSource::StringSource(std::string data, size_t chunk_bytes)
    : data_(std::move(data)), chunk_bytes_(chunk_bytes) {}

absl::StatusOr<absl::string_view> StringSource::Next() {
  const size_t n = std::min(chunk_bytes_, data_.size() - position_);
  position_ += n;
  return absl::string_view(data_.data() + position_ - n, n);
}

}  // namespace faas::image
