#include "image/stream/zstd.h"

#include <zstd_errors.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "image/error.h"

namespace faas::image {
namespace {

constexpr size_t kZstdOutBytes = 256 * 1024;

}  // namespace

ZstdSource::ZstdSource(ByteSource& source, std::string label, int window_log)
    : source_(source),
      label_(std::move(label)),
      context_(ZSTD_createDCtx()),
      out_(kZstdOutBytes) {
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log);
}

absl::Status ZstdSource::Failure(size_t code) const {
  if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat("the zstd data of ", label_,
                     " need a larger window than is allowed; compress them "
                     "without --long or --ultra"));
  }
  return ImageError(
      ErrorCategory::kMalformed,
      absl::StrCat("the zstd data of ", label_, " are damaged (",
                   ZSTD_getErrorName(code), "); save the image again"));
}

absl::StatusOr<absl::string_view> ZstdSource::Next() {
  ZSTD_outBuffer out = {out_.data(), out_.size(), 0};
  while (out.pos < out.size) {
    if (in_.pos == in_.size && !source_ended_) {
      ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
      source_ended_ = bytes.empty();
      in_ = {bytes.data(), bytes.size(), 0};
    }
    if (source_ended_ && expected_ == 0) break;
    const size_t before = out.pos;
    expected_ = ZSTD_decompressStream(context_.get(), &out, &in_);
    if (ZSTD_isError(expected_)) return Failure(expected_);
    if (source_ended_ && expected_ != 0 && out.pos == before) {
      return ImageError(ErrorCategory::kTruncated,
                        absl::StrCat("the zstd data of ", label_,
                                     " end too early; save the image again"));
    }
  }
  return absl::string_view(out_.data(), out.pos);
}

}  // namespace faas::image
