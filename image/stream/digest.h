#ifndef FAAS_IMAGE_STREAM_DIGEST_H_
#define FAAS_IMAGE_STREAM_DIGEST_H_

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "image/byte_source.h"

namespace faas::image {

// A running sha256.
class Sha256 {
 public:
  Sha256();
  void Update(absl::string_view bytes);
  // "sha256:" and 64 hexadecimal digits, of all bytes so far. Call it once.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// Whether `text` is "sha256:" and 64 lower-case hexadecimal digits.
bool IsSha256Digest(absl::string_view text);

// Passes `source` on and hashes what passes.
class DigestSource : public ByteSource {
 public:
  explicit DigestSource(ByteSource& source) : source_(source) {}
  absl::StatusOr<absl::string_view> Next() override;

  uint64_t bytes() const { return bytes_; }
  // Of what has passed; call it once, at the end.
  std::string Finish() { return hash_.Finish(); }

 private:
  ByteSource& source_;
  Sha256 hash_;
  uint64_t bytes_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_DIGEST_H_
