#include "image/layer/layer_recognizer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"

namespace faas::image {

absl::Status LayerRecognizer::Pull() {
  ASSIGN_OR_RETURN(pending_, tar_.Next());
  ended_ = pending_.empty();
  return absl::OkStatus();
}

absl::Status LayerRecognizer::Fill() {
  block_is_new_ = true;
  if (pending_.empty()) RETURN_IF_ERROR(Pull());
  if (pending_.size() >= kCheckpointBytes) {
    block_ = pending_.substr(0, kCheckpointBytes);
    pending_.remove_prefix(kCheckpointBytes);
    return absl::OkStatus();
  }
  block_buffer_.clear();
  while (block_buffer_.size() < kCheckpointBytes && !ended_) {
    if (pending_.empty()) RETURN_IF_ERROR(Pull());
    const absl::string_view part =
        pending_.substr(0, kCheckpointBytes - block_buffer_.size());
    block_buffer_.append(part.data(), part.size());
    pending_.remove_prefix(part.size());
  }
  block_ = block_buffer_;
  return absl::OkStatus();
}

absl::Status LayerRecognizer::Begin() {
  if (stored_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(Fill());
  if (ended_) {
    std::optional<Layer> layer = stored_->FindDiffId(digest_.Current());
    if (layer.has_value()) layers_.push_back(*std::move(layer));
    recognized_ = layer.has_value();
  } else {
    layers_ = stored_->FindBeginning(digest_.checkpoint(checkpoints_++));
  }
  matching_ = !layers_.empty();
  return absl::OkStatus();
}

bool LayerRecognizer::Continues(const Layer& layer) const {
  if (ended_) return layer.diff_id == digest_.Current();
  return checkpoints_ < layer.checkpoints.size() &&
         layer.checkpoints[checkpoints_] == digest_.checkpoint(checkpoints_);
}

void LayerRecognizer::Narrow() {
  const auto end =
      std::stable_partition(layers_.begin(), layers_.end(),
                            [this](const auto& l) { return Continues(l); });
  matching_ = end != layers_.begin();
  // If no layer continues, one is kept for what it had in common.
  layers_.erase(matching_ ? end : layers_.begin() + 1, layers_.end());
  recognized_ = matching_ && ended_;
  if (!ended_) ++checkpoints_;
}

absl::StatusOr<absl::string_view> LayerRecognizer::Next() {
  if (!block_is_new_ && matching_ && !ended_) {
    RETURN_IF_ERROR(Fill());
    Narrow();
  }
  if (std::exchange(block_is_new_, false) && !block_.empty()) return block_;
  if (!pending_.empty()) return std::exchange(pending_, {});
  if (ended_) return absl::string_view();
  ASSIGN_OR_RETURN(const absl::string_view bytes, tar_.Next());
  ended_ = bytes.empty();
  return bytes;
}

}  // namespace faas::image
