#include "tests/benchmark/deploy/phases.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <functional>
#include <memory>

#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/byte_source.h"
#include "image/extract.h"
#include "image/inspect.h"

namespace faas::benchmark {
namespace {

using Body = std::function<absl::Status(image::ByteSource& source)>;

absl::StatusOr<absl::Duration> Time(const std::string& archive,
                                    const Body& body) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, fs::Open(archive, O_RDONLY));
  image::FdSource source(fd.get());
  const absl::Time start = absl::Now();
  RETURN_IF_ERROR(body(source));
  return absl::Now() - start;
}

absl::Status ReadAll(image::ByteSource& source, EVP_MD_CTX* hash) {
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, source.Next());
    if (bytes.empty()) return absl::OkStatus();
    if (hash != nullptr) EVP_DigestUpdate(hash, bytes.data(), bytes.size());
  }
}

}  // namespace

absl::StatusOr<absl::Duration> TimeToHash(const std::string& archive) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  return Time(archive, [&hash](image::ByteSource& source) {
    return ReadAll(source, hash.get());
  });
}

absl::StatusOr<Phases> MeasurePhases(const std::string& archive,
                                     const std::string& directory) {
  Phases phases;
  ASSIGN_OR_RETURN(phases.read, Time(archive, [](image::ByteSource& source) {
                     return ReadAll(source, nullptr);
                   }));
  ASSIGN_OR_RETURN(phases.hash, TimeToHash(archive));
  ASSIGN_OR_RETURN(phases.inspect, Time(archive, [](image::ByteSource& source) {
                     return image::InspectImage(source, {}).status();
                   }));
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  image::ExtractOptions options;
  options.staging = directory;
  options.owners.id_base = 100'000;
  ASSIGN_OR_RETURN(phases.extract, Time(archive, [&](image::ByteSource& s) {
                     return image::ExtractImage(s, options).status();
                   }));
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(directory, O_RDONLY | O_DIRECTORY));
  const absl::Time start = absl::Now();
  if (syncfs(fd.get()) != 0) return base::ErrnoStatus("syncfs");
  phases.sync = absl::Now() - start;
  return phases;
}

}  // namespace faas::benchmark
