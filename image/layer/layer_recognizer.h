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

// A LayerRecognizer passes a layer's tar on, and finds out meanwhile whether
// the layer is one that is stored already.
//
// Only at the end of a tar is it certain which layer it is. But at every
// checkpoint it is known what the beginning is. As long as that is the
// beginning of a stored layer, nothing has to be written: if the rest turns out
// to be another, what was read so far can be taken from the stored layer. So no
// byte is passed on before the checkpoint after it has been compared, and the
// bytes of one checkpoint are held in memory.
class LayerRecognizer : public ByteSource {
 public:
  // `tar` reads from `digest`, perhaps on another thread and ahead. `stored`
  // may be null. All three must outlive the recognizer.
  LayerRecognizer(ByteSource& tar, const DigestSource& digest,
                  StoredLayers* stored)
      : tar_(tar), digest_(digest), stored_(stored) {}

  // Reads up to the first checkpoint or the end. Must be called first.
  absl::Status Begin();

  // Returns the tar's bytes, as in ByteSource.
  absl::StatusOr<absl::string_view> Next() override;

  // Returns the stored layer that begins with all bytes that Next() has
  // returned, or had returned when `matching` became false; null if there never
  // was one.
  const Layer* layer() const {
    return layers_.empty() ? nullptr : &layers_.front();
  }
  // Returns whether the tar's bytes are still those of layer().
  bool matching() const { return matching_; }
  // Returns whether the tar has ended and was all of layer().
  bool recognized() const { return recognized_; }

 private:
  absl::Status Fill();
  absl::Status Pull();
  // Keeps those of layers_ to which the current block belongs.
  void Narrow();
  bool Continues(const Layer& layer) const;

  ByteSource& tar_;
  const DigestSource& digest_;
  StoredLayers* const stored_;
  std::vector<Layer> layers_;
  bool matching_ = false;
  bool recognized_ = false;
  // The bytes up to the next checkpoint, whether Next() has not returned them
  // yet, and how many checkpoints are behind them.
  absl::string_view block_;
  // Holds a block that does not come in one piece.
  std::string block_buffer_;
  bool block_is_new_ = false;
  size_t checkpoints_ = 0;
  // The rest of the tar's last piece, which did not go into the block.
  absl::string_view pending_;
  bool ended_ = false;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_RECOGNIZER_H_
