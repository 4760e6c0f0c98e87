#ifndef FAAS_IMAGE_STREAM_LIMIT_H_
#define FAAS_IMAGE_STREAM_LIMIT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"

namespace faas::image {

// A LimitSource passes `source` on as long as it has no more than
// `limit_bytes`. Then it fails with kLimit and `complaint`, e.g. `the archive
// is larger than 5 bytes`.
class LimitSource : public ByteSource {
 public:
  LimitSource(ByteSource& source, uint64_t limit_bytes, std::string complaint)
      : source_(source),
        limit_bytes_(limit_bytes),
        complaint_(std::move(complaint)) {}

  absl::StatusOr<absl::string_view> Next() override;

  uint64_t bytes() const { return bytes_; }

  // Has `observer` called after every piece, with the bytes so far.
  void set_observer(std::function<void(uint64_t bytes)> observer) {
    observer_ = std::move(observer);
  }

 private:
  ByteSource& source_;
  const uint64_t limit_bytes_;
  const std::string complaint_;
  uint64_t bytes_ = 0;
  std::function<void(uint64_t bytes)> observer_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_LIMIT_H_
