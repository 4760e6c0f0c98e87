#ifndef FAAS_EXTRACTOR_CLIENT_TOLD_LAYERS_H_
#define FAAS_EXTRACTOR_CLIENT_TOLD_LAYERS_H_

#include <vector>

#include "extractor/protocol/message_channel.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/stored_layer.h"

namespace faas::extractor {

// The ToldLayers of an extraction are the stored layers that its extractor has
// been told of. An extractor knows a layer by its number among them, and by its
// directory, which it gets as a descriptor. One thread at a time.
class ToldLayers {
 public:
  // Adds the layer to `answer`, and its directory to `directories` if the
  // extractor does not have that yet. Returns false, with a line in the log if
  // something failed, if the extractor cannot be told of the layer; then it
  // writes the layer once more.
  bool Tell(image::Layer layer, internal::v1::ExtractionStored& answer,
            MessageChannel::Descriptors& directories);

  // The layers by number.
  const std::vector<image::Layer>& layers() const { return layers_; }

 private:
  std::vector<image::Layer> layers_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_TOLD_LAYERS_H_
