#include "extractor/client/extraction.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "extractor/client/extraction_result.h"
#include "extractor/client/extractor_process.h"
#include "extractor/protocol/message_channel.h"
#include "extractor/protocol/messages.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/error.h"
#include "image/stream/digest.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

// How soon it is noticed that the client has gone, or the disk is full.
constexpr absl::Duration kCheckInterval = absl::Milliseconds(200);
// What an image says of itself and some 50,000 checkpoints. Parsed, a message
// may take twenty times as much.
constexpr size_t kMaxMessageBytes = size_t{2} << 20;
// Beyond so many bytes in one answer, fewer layers are told of.
constexpr size_t kMaxAnswerBytes = size_t{16} << 20;
// Messages that are none of progress, which there are in any extraction.
constexpr uint64_t kFreeMessages = 1000;

// The extractor does what the program extractor does not.
absl::Status Misbehaved(absl::string_view what) {
  return image::StorageError(absl::InternalError(
      absl::StrCat("the extractor was ended because it ", what)));
}

// A layer's directory, for who may read it and nothing around it: a mount that
// is in no namespace, so that nothing is above its root.
absl::StatusOr<UniqueFd> OpenReadOnly(const std::string& directory) {
  UniqueFd fd(
      open_tree(AT_FDCWD, directory.c_str(),
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW));
  if (!fd.valid()) {
    return base::ErrnoStatus(absl::StrCat("open_tree \"", directory, "\""));
  }
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                        MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (mount_setattr(fd.get(), "", AT_EMPTY_PATH, &attributes,
                    sizeof(attributes)) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("make \"", directory, "\" read-only"));
  }
  return fd;
}

// Passes an archive on, on a thread of its own.
class Pump {
 public:
  Pump(ArchiveSource& archive, UniqueFd pipe)
      : pipe_(std::move(pipe)), thread_([this, &archive] {
          status_ = archive.WriteTo(pipe_.get());
          failed_ = !status_.ok();
          pipe_ = UniqueFd();
        }) {}

  bool failed() const { return failed_; }
  // The extractor has ended, so it does not take long.
  absl::Status Join() {
    thread_.join();
    return status_;
  }

 private:
  UniqueFd pipe_;
  absl::Status status_;
  std::atomic<bool> failed_ = false;
  std::thread thread_;
};

// What registryd says to one extractor.
class Conversation {
 public:
  Conversation(int socket, const ExtractionOptions& options);

  // Until it has a result; empty if it ended without one. An error is that of
  // an extractor that misbehaves, or of the options' functions.
  using Result = std::optional<absl::StatusOr<image::ExtractedImage>>;
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
  bool Tell(image::Layer layer, internal::v1::ExtractionStored& answer,
            MessageChannel::Descriptors& directories);

  const ExtractionOptions& options_;
  MessageChannel channel_;
  // Stored layers that it was told of, by number.
  std::vector<image::Layer> told_;
  uint64_t messages_left_;
  absl::Time next_check_ = absl::InfinitePast();
};

// As many as an honest one can need: progress for each MiB and each layer,
// questions for each layer, and one for each MiB to write, which a file may be
// a few blocks less than.
uint64_t MaxMessages(const image::Limits& limits) {
  constexpr uint64_t kEntryBytes = 16 << 10;
  return kFreeMessages + (limits.archive_bytes >> 20) + 8 * limits.blobs +
         ((limits.image_bytes + limits.entries * kEntryBytes) >> 20);
}

Conversation::Conversation(int socket, const ExtractionOptions& options)
    : options_(options),
      channel_(UniqueFd(fcntl(socket, F_DUPFD_CLOEXEC, 0)),
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
  // What can no longer be sent to it does not matter if it has a result.
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
    // While it waits for an answer there is nothing that it could say.
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
                                               .told = told_,
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
  // Sums of it must not overflow.
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

// False if it cannot be told of: then it is written once more.
bool Conversation::Tell(image::Layer layer,
                        internal::v1::ExtractionStored& answer,
                        MessageChannel::Descriptors& directories) {
  const auto known = std::find_if(
      told_.begin(), told_.end(),
      [&](const auto& other) { return other.directory == layer.directory; });
  const bool is_new = known == told_.end();
  if (is_new) {
    if (told_.size() >= ExtractorProcess::kMaxStored ||
        directories.size() >= MessageChannel::kMaxDescriptors) {
      return false;
    }
    absl::StatusOr<UniqueFd> directory = OpenReadOnly(layer.directory);
    if (!directory.ok()) {
      log::Line("extract", std::string(directory.status().message()));
      return false;
    }
    directories.push_back(
        std::make_shared<const UniqueFd>(*std::move(directory)));
  }
  internal::v1::ExtractionStored::StoredLayer& proto = *answer.add_layers();
  proto.set_number(static_cast<uint32_t>(known - told_.begin()));
  proto.set_is_new(is_new);
  proto.set_diff_id(layer.diff_id);
  proto.set_tar_bytes(layer.tar_bytes);
  proto.set_disk_bytes(layer.disk_bytes);
  proto.set_checkpoints(ToBytes(layer.checkpoints));
  if (is_new) told_.push_back(std::move(layer));
  return true;
}

absl::Status Conversation::Answer(
    const internal::v1::ExtractionFind& question) {
  ASSIGN_OR_RETURN(std::vector<image::Layer> found, Find(question));
  internal::v1::ToExtractor answer;
  internal::v1::ExtractionStored& stored = *answer.mutable_stored();
  MessageChannel::Descriptors directories;
  for (image::Layer& layer : found) {
    if (stored.ByteSizeLong() > kMaxAnswerBytes ||
        !Tell(std::move(layer), stored, directories)) {
      break;
    }
  }
  return channel_.Put(answer, std::move(directories));
}

// What an extractor that ended without a result ended by.
absl::Status Ended(const process::ExitStatus& status) {
  return image::StorageError(absl::InternalError(
      status.signal != 0
          ? absl::StrCat("the extractor was ended by signal ", status.signal,
                         " (", strsignal(status.signal),
                         "); the image is not deployed")
          : absl::StrCat("the extractor ended with code ", status.code,
                         " and without a result; the log says why")));
}

}  // namespace

absl::StatusOr<image::ExtractedImage> ExtractApart(
    ArchiveSource& archive, const ExtractionOptions& options) {
  absl::StatusOr<ExtractorProcess> extractor =
      ExtractorProcess::Start({.program = options.program,
                               .staging = options.staging,
                               .id_base = options.id_base,
                               .limits = options.limits});
  if (!extractor.ok()) return image::StorageError(extractor.status());
  Pump pump(archive, extractor->TakePipe());
  absl::StatusOr<Conversation::Result> result =
      Conversation(extractor->socket(), options).Run([&pump] {
        return pump.failed();
      });
  // It has nothing more to do, or has ended, and then by what is of interest.
  const bool done = result.ok() && !pump.failed();
  const absl::StatusOr<process::ExitStatus> ended =
      done ? extractor->AwaitEnd() : extractor->End();
  RETURN_IF_ERROR(pump.Join());
  if (!ended.ok()) return image::StorageError(ended.status());
  log::Line("extract",
            absl::StrCat("The extractor took ", ended->max_rss_bytes >> 10,
                         " KiB of memory"));
  RETURN_IF_ERROR(result.status());
  if (!result->has_value()) return Ended(*ended);
  return **std::move(result);
}

}  // namespace faas::extractor
