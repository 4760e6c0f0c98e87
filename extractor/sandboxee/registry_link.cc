#include "extractor/sandboxee/registry_link.h"

#include <poll.h>

#include <cerrno>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "extractor/protocol/messages.h"
#include "image/error.h"

namespace faas::extractor {
namespace {

// registryd is trusted, but an answer must fit into memory.
constexpr size_t kMaxAnswerBytes = size_t{64} << 20;
// A result that is larger is sent without checkpoints, because registryd
// accepts no message that is much longer. Without them a layer is only
// recognised later.
constexpr size_t kMaxResultBytes = size_t{7} << 18;

// image::Layer::directory of a stored layer is this and its number.
constexpr absl::string_view kStoredPrefix = "stored:";

absl::Status AwaitEvent(int fd, short events) {
  pollfd ready = {.fd = fd, .events = events};
  while (poll(&ready, 1, -1) < 0) {
    if (errno != EINTR) return base::ErrnoStatus("poll");
  }
  return absl::OkStatus();
}

void SetPlace(const image::Layer& layer,
              internal::v1::ExtractionResult::Layer& proto) {
  absl::string_view name = layer.directory;
  uint32_t number = 0;
  if (layer.stored && absl::ConsumePrefix(&name, kStoredPrefix) &&
      absl::SimpleAtoi(name, &number)) {
    proto.set_stored(number);
  } else if (absl::ConsumePrefix(&name, "/") &&
             absl::SimpleAtoi(name, &number)) {
    proto.set_directory(number);
  }
}

}  // namespace

RegistryLink::RegistryLink(base::UniqueFd socket)
    : channel_(std::move(socket), {.max_message_bytes = kMaxAnswerBytes,
                                   .take_descriptors = true}) {}

absl::Status RegistryLink::Send(const internal::v1::FromExtractor& message) {
  RETURN_IF_ERROR(channel_.Put(message));
  while (true) {
    RETURN_IF_ERROR(channel_.Flush());
    if (!channel_.has_output()) return absl::OkStatus();
    RETURN_IF_ERROR(AwaitEvent(channel_.fd(), POLLOUT));
  }
}

absl::StatusOr<internal::v1::ToExtractor> RegistryLink::Receive() {
  internal::v1::ToExtractor message;
  while (true) {
    RETURN_IF_ERROR(channel_.Fill());
    ASSIGN_OR_RETURN(const bool taken, channel_.Take(message));
    if (taken) return message;
    if (channel_.ended()) return absl::UnavailableError("registryd has gone");
    RETURN_IF_ERROR(AwaitEvent(channel_.fd(), POLLIN));
  }
}

absl::StatusOr<internal::v1::ToExtractor> RegistryLink::Ask(
    const internal::v1::FromExtractor& question) {
  RETURN_IF_ERROR(Send(question));
  return Receive();
}

absl::StatusOr<internal::v1::ExtractionBegin> RegistryLink::AwaitBegin() {
  const absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(internal::v1::ToExtractor message, Receive());
  if (message.has_begin()) return std::move(*message.mutable_begin());
  return absl::InternalError("registryd does not begin");
}

void RegistryLink::Report(const image::Progress& progress) {
  internal::v1::FromExtractor message;
  internal::v1::ExtractionProgress& proto = *message.mutable_progress();
  proto.set_archive_bytes(progress.archive_bytes);
  proto.set_layers(progress.layers);
  proto.set_total_layers(progress.total_layers);
  const absl::MutexLock lock(&mutex_);
  // If registryd has gone, the next question fails, or the kernel ends this
  // process.
  Send(message).IgnoreError();
}

absl::Status RegistryLink::Admit(uint64_t bytes, bool ask) {
  const absl::MutexLock lock(&mutex_);
  unasked_bytes_ += bytes;
  if (unasked_bytes_ == 0 || (unasked_bytes_ < kAdmitBytes && !ask)) {
    return absl::OkStatus();
  }
  internal::v1::FromExtractor question;
  question.mutable_admit()->set_bytes(std::exchange(unasked_bytes_, 0));
  ASSIGN_OR_RETURN(const internal::v1::ToExtractor answer, Ask(question));
  if (!answer.has_admitted()) {
    return absl::InternalError("registryd does not say what may be written");
  }
  if (!answer.admitted().has_refusal()) return absl::OkStatus();
  return FromProto(answer.admitted().refusal());
}

absl::StatusOr<image::Layer> RegistryLink::ToStored(
    const internal::v1::ExtractionStored::StoredLayer& layer) {
  if (layer.is_new()) {
    base::UniqueFd directory = channel_.TakeDescriptor();
    if (!directory.valid()) {
      return absl::InternalError("a stored layer came without its directory");
    }
    directories_[layer.number()] =
        std::make_shared<const base::UniqueFd>(std::move(directory));
  }
  ASSIGN_OR_RETURN(std::vector<image::Checkpoint> checkpoints,
                   CheckpointsFromBytes(layer.checkpoints()));
  image::Layer result;
  result.diff_id = layer.diff_id();
  result.tar_bytes = layer.tar_bytes();
  result.disk_bytes = layer.disk_bytes();
  result.ignored_attributes = {layer.ignored_attributes().begin(),
                               layer.ignored_attributes().end()};
  result.directory = absl::StrCat(kStoredPrefix, layer.number());
  result.directory_fd = directories_[layer.number()];
  result.checkpoints = std::move(checkpoints);
  return result;
}

std::vector<image::Layer> RegistryLink::Find(
    const internal::v1::ExtractionFind& by) {
  internal::v1::FromExtractor question;
  *question.mutable_find() = by;
  std::vector<image::Layer> found;
  const absl::MutexLock lock(&mutex_);
  const absl::StatusOr<internal::v1::ToExtractor> answer = Ask(question);
  if (!answer.ok()) return found;
  for (const auto& layer : answer->stored().layers()) {
    absl::StatusOr<image::Layer> stored = ToStored(layer);
    if (stored.ok()) found.push_back(*std::move(stored));
  }
  return found;
}

std::optional<image::Layer> RegistryLink::FindBlob(const std::string& digest) {
  internal::v1::ExtractionFind by;
  by.set_blob_digest(digest);
  auto found = Find(by);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<image::Layer> RegistryLink::FindDiffId(
    const std::string& diff_id) {
  internal::v1::ExtractionFind by;
  by.set_diff_id(diff_id);
  auto found = Find(by);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<image::Layer> RegistryLink::FindBeginning(
    const image::Checkpoint& first) {
  internal::v1::ExtractionFind by;
  by.set_first_checkpoint(first.data(), first.size());
  return Find(by);
}

internal::v1::FromExtractor RegistryLink::ToProto(
    const image::ExtractedImage& image) const {
  internal::v1::FromExtractor message;
  internal::v1::ExtractionResult& result = *message.mutable_extracted();
  *result.mutable_image() = image.image;
  result.mutable_image()->clear_layers();
  for (const image::Layer& layer : image.layers) {
    internal::v1::ExtractionResult::Layer& proto = *result.add_layers();
    SetPlace(layer, proto);
    proto.set_diff_id(layer.diff_id);
    proto.set_tar_bytes(layer.tar_bytes);
    proto.set_blob_digest(layer.blob_digest);
    proto.set_content_id(layer.content_id);
    proto.set_standalone(layer.standalone);
    proto.set_disk_bytes(layer.disk_bytes);
    proto.mutable_ignored_attributes()->Add(layer.ignored_attributes.begin(),
                                            layer.ignored_attributes.end());
    if (!layer.stored) {
      proto.set_checkpoints(ToBytes(layer.checkpoints));
    }
  }
  if (message.ByteSizeLong() > kMaxResultBytes) {
    for (auto& layer : *result.mutable_layers()) layer.clear_checkpoints();
  }
  return message;
}

void RegistryLink::Finish(
    const absl::StatusOr<image::ExtractedImage>& extracted) {
  internal::v1::FromExtractor message;
  if (extracted.ok()) {
    message = ToProto(*extracted);
  } else {
    *message.mutable_failure() = extractor::ToProto(extracted.status());
  }
  if (message.extracted().image().ByteSizeLong() > kMaxImageBytes ||
      message.ByteSizeLong() > kMaxResultBytes) {
    *message.mutable_failure() = extractor::ToProto(TooLargeImage());
  }
  const absl::MutexLock lock(&mutex_);
  Send(message).IgnoreError();
}

}  // namespace faas::extractor
