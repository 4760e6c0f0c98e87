#ifndef FAAS_IMAGE_STREAM_DIGEST_H_
#define FAAS_IMAGE_STREAM_DIGEST_H_

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "image/byte_source.h"
#include "image/stored_layer.h"

namespace faas::image {

// A Sha256 hashes bytes as they come.
class Sha256 {
 public:
  Sha256();
  void Update(absl::string_view bytes);
  // Returns the hash of all bytes so far.
  Checkpoint Current() const;

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// Returns "sha256:" and 64 hexadecimal digits.
std::string DigestText(const Checkpoint& sha256);

// Returns whether `text` is "sha256:" and 64 lower-case hexadecimal digits.
bool IsSha256Digest(absl::string_view text);

// A DigestSource passes `source` on and hashes what passes.
class DigestSource : public ByteSource {
 public:
  explicit DigestSource(ByteSource& source) : source_(source) {}
  absl::StatusOr<absl::string_view> Next() override;

  uint64_t bytes() const { return bytes_; }
  // Returns the digest of what has passed.
  std::string Current() const { return DigestText(hash_.Current()); }

  // Returns the hash of the first `index` + 1 times kCheckpointBytes, which
  // must have passed. Any thread may call this.
  Checkpoint checkpoint(size_t index) const;
  // Returns the checkpoints of all that has passed.
  std::vector<Checkpoint> checkpoints() const;

 private:
  ByteSource& source_;
  Sha256 hash_;
  uint64_t bytes_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<Checkpoint> checkpoints_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_DIGEST_H_
