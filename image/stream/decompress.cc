#include "image/stream/decompress.h"

#include "image/stream/gzip.h"
#include "image/stream/zstd.h"

namespace faas::image {

std::unique_ptr<ByteSource> Decompress(Encoding encoding, ByteSource& source,
                                       const std::string& label,
                                       const Limits& limits) {
  switch (encoding) {
    case Encoding::kGzip:
      return std::make_unique<GzipSource>(source, label);
    case Encoding::kZstd:
      return std::make_unique<ZstdSource>(source, label,
                                          limits.zstd_window_log);
    case Encoding::kEmpty:
    case Encoding::kPlain:
    case Encoding::kJson:
      return nullptr;
  }
  return nullptr;
}

}  // namespace faas::image
