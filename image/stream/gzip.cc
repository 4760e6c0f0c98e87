#include "image/stream/gzip.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "image/error.h"

namespace faas::image {
namespace {

constexpr size_t kOutBytes = 256 * 1024;
// The largest window, and 16 for a gzip header instead of a zlib one.
constexpr int kGzipWindowBits = 15 + 16;

}  // namespace

GzipSource::GzipSource(ByteSource& source, std::string label)
    : source_(source), label_(std::move(label)), out_(kOutBytes) {
  inflateInit2(&stream_, kGzipWindowBits);
}

GzipSource::~GzipSource() { inflateEnd(&stream_); }

absl::Status GzipSource::Refill() {
  if (stream_.avail_in > 0 || source_ended_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
  source_ended_ = bytes.empty();
  // zlib does not write through next_in.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  return absl::OkStatus();
}

absl::Status GzipSource::Inflate() {
  const int code = inflate(&stream_, Z_NO_FLUSH);
  if (code == Z_STREAM_END) {
    between_members_ = true;
    inflateReset2(&stream_, kGzipWindowBits);
    return absl::OkStatus();
  }
  if (code == Z_OK || code == Z_BUF_ERROR) return absl::OkStatus();
  return ImageError(
      ErrorCategory::kMalformed,
      absl::StrCat("the gzip data of ", label_, " are damaged (",
                   stream_.msg != nullptr ? stream_.msg : "no reason given",
                   "); save the image again"));
}

absl::StatusOr<absl::string_view> GzipSource::Next() {
  stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream_.avail_out = static_cast<uInt>(out_.size());
  while (stream_.avail_out > 0) {
    RETURN_IF_ERROR(Refill());
    if (stream_.avail_in > 0) {
      between_members_ = false;
      RETURN_IF_ERROR(Inflate());
    } else if (between_members_) {
      break;
    } else {
      // zlib may hold bytes back because the buffer is full. They come out
      // before the error is reported.
      const uInt before = stream_.avail_out;
      RETURN_IF_ERROR(Inflate());
      if (stream_.avail_out != before || between_members_) continue;
      return ImageError(ErrorCategory::kTruncated,
                        absl::StrCat("the gzip data of ", label_,
                                     " end too early; save the image again"));
    }
  }
  return absl::string_view(out_.data(), out_.size() - stream_.avail_out);
}

}  // namespace faas::image
