#include "image/stream/digest.h"

#include <openssl/evp.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"

namespace faas::image {

void Sha256::Free::operator()(EVP_MD_CTX* context) const {
  EVP_MD_CTX_free(context);
}

// These cannot fail with a digest that libcrypto has built in.
Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Sha256::Update(absl::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

Checkpoint Sha256::Current() const {
  const std::unique_ptr<EVP_MD_CTX, Free> copy(EVP_MD_CTX_new());
  EVP_MD_CTX_copy_ex(copy.get(), context_.get());
  Checkpoint raw = {};
  EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(raw.data()),
                     nullptr);
  return raw;
}

std::string DigestText(const Checkpoint& sha256) {
  return absl::StrCat("sha256:", absl::BytesToHexString(absl::string_view(
                                     sha256.data(), sha256.size())));
}

bool IsSha256Digest(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "sha256:") || text.size() != 64) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

absl::StatusOr<absl::string_view> DigestSource::Next() {
  ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
  for (absl::string_view rest = bytes; !rest.empty();) {
    const absl::string_view part =
        rest.substr(0, kCheckpointBytes - bytes_ % kCheckpointBytes);
    hash_.Update(part);
    bytes_ += part.size();
    rest.remove_prefix(part.size());
    if (bytes_ % kCheckpointBytes == 0) {
      const absl::MutexLock lock(&mutex_);
      checkpoints_.push_back(hash_.Current());
    }
  }
  return bytes;
}

Checkpoint DigestSource::checkpoint(size_t index) const {
  const absl::MutexLock lock(&mutex_);
  return checkpoints_[index];
}

std::vector<Checkpoint> DigestSource::checkpoints() const {
  const absl::MutexLock lock(&mutex_);
  return checkpoints_;
}

}  // namespace faas::image
