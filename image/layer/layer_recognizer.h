#ifndef FAAS_IMAGE_LAYER_LAYER_RECOGNIZER_H_
#define FAAS_IMAGE_LAYER_LAYER_RECOGNIZER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/byte_source.h"
#include "image/stored_layer.h"
#include "image/stream/digest.h"

namespace faas::image {

// Passes a layer's tar on, and finds out meanwhile whether it is one that is
// stored already.
//
// Which layer a tar is, is known for sure only at its end. But what its
// beginning is, is known at every checkpoint: as long as that is the beginning
// of a stored layer, nothing has to be written, because what was read so far
// can be taken from there should the rest turn out to be another. To that end
// no byte is passed on before the checkpoint after it has been compared: one
// checkpoint's bytes are held in memory.
class LayerRecognizer : public ByteSource {
 public:
  // `tar` reads from `digest`, perhaps on another thread and ahead. `stored`
  // may be null. All are borrowed.
  LayerRecognizer(ByteSource& tar, const DigestSource& digest,
                  StoredLayers* stored)
      : tar_(tar), digest_(digest), stored_(stored) {}

  // Reads up to the first checkpoint or the end; to be called first.
  absl::Status Begin();

  // The tar's bytes, as in ByteSource.
  absl::StatusOr<absl::string_view> Next() override;

  // The stored layer that begins with all that Next() has returned, or had
  // when `matching` became false; null if there never was one.
  const Layer* layer() const {
    return layers_.empty() ? nullptr : &layers_.front();
  }
  // Whether the tar's bytes are still those of layer().
  bool matching() const { return matching_; }
  // Whether the tar has ended and was all of layer().
  bool recognized() const { return recognized_; }

 private:
  absl::Status Fill();
  absl::Status Pull();
  // Keeps those of layers_ that the block in hand belongs to.
  void Narrow();
  bool Continues(const Layer& layer) const;

  ByteSource& tar_;
  const DigestSource& digest_;
  StoredLayers* const stored_;
  std::vector<Layer> layers_;
  bool matching_ = false;
  bool recognized_ = false;
  // The bytes up to the next checkpoint, whether they have been returned, and
  // how many checkpoints are behind them.
  absl::string_view block_;
  std::string block_buffer_;  // for one that does not come in one piece
  bool block_is_new_ = false;
  size_t checkpoints_ = 0;
  // Of the tar's last piece, what did not go into the block.
  absl::string_view pending_;
  bool ended_ = false;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_RECOGNIZER_H_
