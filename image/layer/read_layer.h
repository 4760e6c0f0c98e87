#ifndef FAAS_IMAGE_LAYER_READ_LAYER_H_
#define FAAS_IMAGE_LAYER_READ_LAYER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "image/byte_source.h"
#include "image/layer/layer_sink.h"
#include "image/layer/walk_budget.h"
#include "image/limits.h"

namespace faas::image {

// A Budget is what an image may still take of its Limits.
struct Budget {
  explicit Budget(const Limits& limits)
      : entries(limits.entries),
        image_bytes(limits.image_bytes),
        lower_lookups(limits.lower_lookups) {}

  uint64_t entries;
  uint64_t image_bytes;
  WalkBudget lower_lookups;
};

// Reads a layer's uncompressed tar from its first byte to its last and gives
// its entries to `sink`. What comes after the tar's end mark is read, but
// ignored, as by other tools. `label` names the layer in errors, which are
// those of TarReader, ParseLayerEntry and the sink, and kLimit.
absl::StatusOr<LayerSink::Written> ReadLayer(ByteSource& tar,
                                             const std::string& label,
                                             const Limits& limits,
                                             Budget& budget, LayerSink& sink);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_READ_LAYER_H_
