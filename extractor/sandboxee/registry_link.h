#ifndef FAAS_EXTRACTOR_SANDBOXEE_REGISTRY_LINK_H_
#define FAAS_EXTRACTOR_SANDBOXEE_REGISTRY_LINK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/unique_fd.h"
#include "extractor/protocol/message_channel.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/extract.h"
#include "image/stored_layer.h"

namespace faas::extractor {

// A RegistryLink is an extractor's end of the socket to registryd. It asks
// questions and waits for the answers. When registryd has gone, or answers
// something that it must not, functions that return a status fail and the
// others find nothing. Thread-safe.
class RegistryLink : public image::StoredLayers {
 public:
  explicit RegistryLink(base::UniqueFd socket);

  // Waits for the first message, which says what to extract.
  absl::StatusOr<internal::v1::ExtractionBegin> AwaitBegin();

  // Sends the progress, and waits for nothing.
  void Report(const image::Progress& progress);
  // Asks whether `bytes` more may be written. Questions are asked only for
  // kAdmitBytes together, or if `ask` is true, because a question for each
  // small file would take longer than writing it.
  absl::Status Admit(uint64_t bytes, bool ask = false);

  std::optional<image::Layer> FindBlob(const std::string& digest) override;
  std::optional<image::Layer> FindDiffId(const std::string& diff_id) override;
  std::vector<image::Layer> FindBeginning(
      const image::Checkpoint& first) override;

  // Sends the result, the last message.
  void Finish(const absl::StatusOr<image::ExtractedImage>& extracted);

  // How many bytes may be written before registryd is asked. registryd looks at
  // the disk after every few MiB.
  static constexpr uint64_t kAdmitBytes = uint64_t{1} << 20;

 private:
  absl::Status Send(const internal::v1::FromExtractor& message);
  absl::StatusOr<internal::v1::ToExtractor> Receive();
  absl::StatusOr<internal::v1::ToExtractor> Ask(
      const internal::v1::FromExtractor& question);
  std::vector<image::Layer> Find(const internal::v1::ExtractionFind& by);
  absl::StatusOr<image::Layer> ToStored(
      const internal::v1::ExtractionStored::StoredLayer& layer);
  internal::v1::FromExtractor ToProto(const image::ExtractedImage& image) const;

  absl::Mutex mutex_;
  MessageChannel channel_ ABSL_GUARDED_BY(mutex_);
  uint64_t unasked_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // The directories of the layers that registryd has told of, by number.
  std::map<uint32_t, std::shared_ptr<const base::UniqueFd>> directories_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_REGISTRY_LINK_H_
