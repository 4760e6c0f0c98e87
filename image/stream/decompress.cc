#include "image/stream/decompress.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/stream/gzip.h"
#include "image/stream/limit.h"
#include "image/stream/zstd.h"

namespace faas::image {
namespace {

constexpr uint64_t kNoLimit = ~uint64_t{0};

// A RatioSource passes a decompressed stream on, and ends it with kLimit when
// the ratio of compression is that of a bomb.
class RatioSource : public ByteSource {
 public:
  RatioSource(Encoding encoding, ByteSource& source, std::string label,
              const Limits& limits)
      : compressed_(source, kNoLimit, ""),
        label_(std::move(label)),
        ratio_(limits.compression_ratio),
        free_bytes_(limits.compression_free_bytes) {
    if (encoding == Encoding::kGzip) {
      plain_ = std::make_unique<GzipSource>(compressed_, label_);
    } else {
      plain_ = std::make_unique<ZstdSource>(compressed_, label_,
                                            limits.zstd_window_log);
    }
  }

  absl::StatusOr<absl::string_view> Next() override {
    ASSIGN_OR_RETURN(const absl::string_view bytes, plain_->Next());
    bytes_ += bytes.size();
    if (bytes_ > free_bytes_ && bytes_ / ratio_ > compressed_.bytes()) {
      return ImageError(ErrorCategory::kLimit,
                        absl::StrCat(label_, " unpacks to more than ", ratio_,
                                     " times its compressed size, after ",
                                     compressed_.bytes(), " bytes",
                                     NameLimit("max_compression_ratio")));
    }
    return bytes;
  }

 private:
  // It counts the compressed bytes, and limits nothing.
  LimitSource compressed_;
  const std::string label_;
  const uint64_t ratio_;
  const uint64_t free_bytes_;
  std::unique_ptr<ByteSource> plain_;
  uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> Decompress(Encoding encoding, ByteSource& source,
                                       const std::string& label,
                                       const Limits& limits) {
  switch (encoding) {
    case Encoding::kGzip:
    case Encoding::kZstd:
      return std::make_unique<RatioSource>(encoding, source, label, limits);
    case Encoding::kEmpty:
    case Encoding::kPlain:
    case Encoding::kJson:
      return nullptr;
  }
  return nullptr;
}

}  // namespace faas::image
