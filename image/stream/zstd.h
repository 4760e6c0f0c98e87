#ifndef FAAS_IMAGE_STREAM_ZSTD_H_
#define FAAS_IMAGE_STREAM_ZSTD_H_

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "image/byte_source.h"

namespace faas::image {

// A ZstdSource decompresses a zstd stream; see Decompress().
class ZstdSource : public ByteSource {
 public:
  ZstdSource(ByteSource& source, std::string label, int window_log);
  absl::StatusOr<absl::string_view> Next() override;

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  absl::Status Failure(size_t code) const;

  ByteSource& source_;
  const std::string label_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::vector<char> out_;
  ZSTD_inBuffer in_ = {};
  bool source_ended_ = false;
  // The number of bytes that zstd still expects of the frame; 0 between frames.
  size_t expected_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_ZSTD_H_
