#ifndef FAAS_IMAGE_LAYER_DEFERRED_SINK_H_
#define FAAS_IMAGE_LAYER_DEFERRED_SINK_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/unique_fd.h"
#include "image/layer/layer_recognizer.h"
#include "image/layer/layer_sink.h"

namespace faas::image {

// A DeferredSink writes nothing as long as the layer is the beginning of a
// stored one; it notes which entries came. If the layer turns out to be
// another, the sink has the noted entries written from the files of the stored
// layer, and writes the further ones as usual.
class DeferredSink : public LayerSink {
 public:
  // The entries come through `recognizer`, which must outlive the sink. `label`
  // is as for the factory.
  DeferredSink(const LayerRecognizer& recognizer, LayerSinkFactory begin_layer,
               std::string label)
      : recognizer_(recognizer),
        begin_layer_(std::move(begin_layer)),
        label_(std::move(label)) {}

  absl::Status Add(const LayerEntry& entry, EntryContent& content) override;
  // Returns a Written without a directory if the layer was recognised.
  absl::StatusOr<Written> Finish() override;

  // The memory for entries that are noted. Beyond it, the layer is written.
  static constexpr size_t kMaxNotedBytes = size_t{16} << 20;

 private:
  // The content of a file whose beginning is that of a stored file.
  class ResumedContent;

  absl::Status Note(const LayerEntry& entry, EntryContent& content);
  absl::Status WriteNoted();
  absl::StatusOr<base::UniqueFd> OpenStored(const LayerEntry& entry) const;

  const LayerRecognizer& recognizer_;
  const LayerSinkFactory begin_layer_;
  const std::string label_;
  std::vector<LayerEntry> noted_;
  size_t noted_bytes_ = 0;
  // Null as long as nothing is written.
  std::unique_ptr<LayerSink> sink_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_DEFERRED_SINK_H_
