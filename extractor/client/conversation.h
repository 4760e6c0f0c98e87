#ifndef FAAS_EXTRACTOR_CLIENT_CONVERSATION_H_
#define FAAS_EXTRACTOR_CLIENT_CONVERSATION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "extractor/client/extraction.h"
#include "extractor/client/told_layers.h"
#include "extractor/protocol/message_channel.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/extract.h"
#include "image/stored_layer.h"

namespace faas::extractor {

// A Conversation is what registryd says to one extractor: it asks for the
// extraction, answers the extractor's questions and checks its result. It
// believes nothing that it is told. One thread at a time.
class Conversation {
 public:
  // Borrows both, which must outlive it.
  Conversation(int socket, const ExtractionOptions& options);

  // The extractor's result; empty if it ended without one.
  using Result = std::optional<absl::StatusOr<image::ExtractedImage>>;
  // Speaks with the extractor until it has a result, has ended, or
  // `archive_failed` returns true. Returns an error if the extractor does what
  // an honest one does not, or one of the options' functions returns one.
  absl::StatusOr<Result> Run(const std::function<bool()>& archive_failed);

 private:
  absl::Status Check();
  absl::Status Wait();
  absl::StatusOr<Result> TakeMessages();
  absl::StatusOr<Result> Handle(const internal::v1::FromExtractor& message);
  absl::Status HandleProgress(const internal::v1::ExtractionProgress& progress);
  absl::Status Answer(const internal::v1::ExtractionAdmit& question);
  absl::Status Answer(const internal::v1::ExtractionFind& question);
  absl::StatusOr<std::vector<image::Layer>> Find(
      const internal::v1::ExtractionFind& question);

  const ExtractionOptions& options_;
  MessageChannel channel_;
  ToldLayers told_;
  uint64_t messages_left_;
  absl::Time next_check_ = absl::InfinitePast();
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_CONVERSATION_H_
