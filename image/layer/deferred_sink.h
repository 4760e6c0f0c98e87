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

// Writes nothing as long as the layer is the beginning of a stored one; it
// notes which entries came. If the layer turns out to be another, it has them
// written from what the stored layer has of them, and goes on as usual.
class DeferredSink : public LayerSink {
 public:
  // Borrows the recognizer, through which the entries come. `label` as for the
  // factory.
  DeferredSink(const LayerRecognizer& recognizer, LayerSinkFactory begin_layer,
               std::string label)
      : recognizer_(recognizer),
        begin_layer_(std::move(begin_layer)),
        label_(std::move(label)) {}

  absl::Status Add(const LayerEntry& entry, EntryContent& content) override;
  // Of a layer that was recognized, nothing is written.
  absl::StatusOr<Written> Finish() override;

  // Memory for entries that are noted: beyond it, the layer is written.
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
  std::unique_ptr<LayerSink> sink_;  // once something is written
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_DEFERRED_SINK_H_
