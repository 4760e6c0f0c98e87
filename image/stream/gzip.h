#ifndef FAAS_IMAGE_STREAM_GZIP_H_
#define FAAS_IMAGE_STREAM_GZIP_H_

#include <zlib.h>

#include <string>
#include <vector>

#include "image/byte_source.h"

namespace faas::image {

// A GzipSource decompresses a gzip stream; see Decompress().
class GzipSource : public ByteSource {
 public:
  GzipSource(ByteSource& source, std::string label);
  ~GzipSource() override;
  absl::StatusOr<absl::string_view> Next() override;

 private:
  absl::Status Refill();
  absl::Status Inflate();

  ByteSource& source_;
  const std::string label_;
  z_stream stream_ = {};
  std::vector<char> out_;
  bool source_ended_ = false;
  // Whether the position is between two members, where the stream may end.
  bool between_members_ = true;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_GZIP_H_
