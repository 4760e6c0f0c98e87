#include "extractor/client/conversation.h"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "extractor/client/extraction_result.h"
#include "extractor/protocol/messages.h"
#include "image/error.h"
#include "image/limits.h"
#include "image/stream/digest.h"

namespace faas::extractor {
namespace {

// How often to check whether the client has gone or the disk is full.
constexpr absl::Duration kCheckInterval = absl::Milliseconds(200);
// This is enough for what an image says of itself and some 50,000 checkpoints.
// A message that has been parsed may take twenty times as much memory.
constexpr size_t kMaxMessageBytes = size_t{2} << 20;
// An answer tells of no further layers when it has this size.
constexpr size_t kMaxAnswerBytes = size_t{16} << 20;
// The messages of an extraction that does not depend on its size.
constexpr uint64_t kFreeMessages = 1000;

// Returns the error of an extractor that does what an honest one does not.
absl::Status Misbehaved(absl::string_view what) {
  return image::StorageError(absl::InternalError(
      absl::StrCat("the extractor was ended because it ", what)));
}

// Returns how many messages an honest extractor can need: progress for each MiB
// and each layer, questions for each layer, and one for each MiB that it
// writes. A file may take a few blocks more than its content.
uint64_t MaxMessages(const image::Limits& limits) {
  constexpr uint64_t kEntryBytes = 16 << 10;
  return kFreeMessages + (limits.archive_bytes >> 20) + 8 * limits.blobs +
         ((limits.image_bytes + limits.entries * kEntryBytes) >> 20);
}

}  // namespace

Conversation::Conversation(int socket, const ExtractionOptions& options)
    : options_(options),
      channel_(base::UniqueFd(fcntl(socket, F_DUPFD_CLOEXEC, 0)),
               {.max_message_bytes = kMaxMessageBytes}),
      messages_left_(MaxMessages(options.limits)) {}

absl::Status Conversation::Check() {
  const absl::Time now = absl::Now();
  if (now < next_check_) return absl::OkStatus();
  next_check_ = now + kCheckInterval;
  if (options_.cancelled()) {
    return absl::CancelledError("the upload was broken off");
  }
  return options_.check_room();
}

absl::Status Conversation::Wait() {
  RETURN_IF_ERROR(channel_.Flush());
  const short output = channel_.has_output() ? POLLOUT : 0;
  pollfd event = {.fd = channel_.fd(),
                  .events = static_cast<short>(POLLIN | output)};
  if (poll(&event, 1,
           static_cast<int>(kCheckInterval / absl::Milliseconds(1))) < 0 &&
      errno != EINTR) {
    return base::ErrnoStatus("poll");
  }
  return absl::OkStatus();
}

absl::StatusOr<Conversation::Result> Conversation::Run(
    const std::function<bool()>& archive_failed) {
  internal::v1::ToExtractor begin;
  *begin.mutable_begin()->mutable_limits() = ToProto(options_.limits);
  begin.mutable_begin()->set_reference(options_.reference);
  RETURN_IF_ERROR(channel_.Put(begin));
  // It does not matter if nothing can be sent any more, as long as there is a
  // result.
  while (!archive_failed()) {
    RETURN_IF_ERROR(Check());
    const absl::Status sent = Wait();
    if (const absl::Status read = channel_.Fill(); !read.ok()) {
      return Misbehaved(absl::StrCat("sent ", read.message()));
    }
    ASSIGN_OR_RETURN(Result result, TakeMessages());
    if (result.has_value() || channel_.ended() || !sent.ok()) return result;
  }
  return Result();
}

absl::StatusOr<Conversation::Result> Conversation::TakeMessages() {
  internal::v1::FromExtractor message;
  while (true) {
    const absl::StatusOr<bool> taken = channel_.Take(message);
    if (!taken.ok()) {
      return Misbehaved(absl::StrCat("sent ", taken.status().message()));
    }
    if (!*taken) return Result();
    if (messages_left_-- == 0) return Misbehaved("talked without end");
    // An extractor that waits for an answer sends nothing.
    if (channel_.has_output()) return Misbehaved("did not wait for an answer");
    ASSIGN_OR_RETURN(Result result, Handle(message));
    if (result.has_value()) return result;
    RETURN_IF_ERROR(channel_.Fill());
  }
}

absl::StatusOr<Conversation::Result> Conversation::Handle(
    const internal::v1::FromExtractor& message) {
  switch (message.message_case()) {
    case internal::v1::FromExtractor::kProgress:
      RETURN_IF_ERROR(HandleProgress(message.progress()));
      return Result();
    case internal::v1::FromExtractor::kAdmit:
      RETURN_IF_ERROR(Answer(message.admit()));
      return Result();
    case internal::v1::FromExtractor::kFind:
      RETURN_IF_ERROR(Answer(message.find()));
      return Result();
    case internal::v1::FromExtractor::kExtracted: {
      absl::StatusOr<image::ExtractedImage> checked =
          CheckExtracted(message.extracted(), {.staging = options_.staging,
                                               .told = told_.layers(),
                                               .limits = options_.limits,
                                               .id_base = options_.id_base});
      if (!checked.ok()) return image::StorageError(checked.status());
      return Result(std::move(checked));
    }
    case internal::v1::FromExtractor::kFailure:
      return Result(FromProto(message.failure()));
    case internal::v1::FromExtractor::MESSAGE_NOT_SET:
      break;
  }
  return Misbehaved("sent an empty message");
}

absl::Status Conversation::HandleProgress(
    const internal::v1::ExtractionProgress& progress) {
  const image::Limits& limits = options_.limits;
  if (progress.layers() > limits.blobs ||
      progress.total_layers() > limits.blobs) {
    return Misbehaved("has come further than there is to go");
  }
  options_.on_progress({.archive_bytes = progress.archive_bytes(),
                        .layers = progress.layers(),
                        .total_layers = progress.total_layers()});
  return absl::OkStatus();
}

absl::Status Conversation::Answer(
    const internal::v1::ExtractionAdmit& question) {
  internal::v1::ToExtractor answer;
  answer.mutable_admitted();
  // The bytes are added up, which must not overflow.
  if (question.bytes() >
      options_.limits.image_bytes * 2 + (uint64_t{1} << 32)) {
    return Misbehaved("would write more than an image is");
  }
  const absl::Status status = options_.admit(question.bytes());
  if (!status.ok()) {
    *answer.mutable_admitted()->mutable_refusal() = ToProto(status);
  }
  return channel_.Put(answer);
}

absl::StatusOr<std::vector<image::Layer>> Conversation::Find(
    const internal::v1::ExtractionFind& question) {
  std::optional<image::Layer> found;
  switch (question.by_case()) {
    case internal::v1::ExtractionFind::kBlobDigest:
      if (!image::IsSha256Digest(question.blob_digest())) break;
      found = options_.stored->FindBlob(question.blob_digest());
      break;
    case internal::v1::ExtractionFind::kDiffId:
      if (!image::IsSha256Digest(question.diff_id())) break;
      found = options_.stored->FindDiffId(question.diff_id());
      break;
    case internal::v1::ExtractionFind::kFirstCheckpoint: {
      const auto first = CheckpointsFromBytes(question.first_checkpoint());
      if (!first.ok() || first->size() != 1) break;
      return options_.stored->FindBeginning(first->front());
    }
    case internal::v1::ExtractionFind::BY_NOT_SET:
      return Misbehaved("asked for nothing");
  }
  std::vector<image::Layer> layers;
  if (found.has_value()) layers.push_back(*std::move(found));
  return layers;
}

absl::Status Conversation::Answer(
    const internal::v1::ExtractionFind& question) {
  ASSIGN_OR_RETURN(std::vector<image::Layer> found, Find(question));
  internal::v1::ToExtractor answer;
  internal::v1::ExtractionStored& stored = *answer.mutable_stored();
  MessageChannel::Descriptors directories;
  for (image::Layer& layer : found) {
    if (stored.ByteSizeLong() > kMaxAnswerBytes ||
        !told_.Tell(std::move(layer), stored, directories)) {
      break;
    }
  }
  return channel_.Put(answer, std::move(directories));
}

}  // namespace faas::extractor
