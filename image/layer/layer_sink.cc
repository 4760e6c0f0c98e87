#include "image/layer/layer_sink.h"

namespace faas::image {
namespace {

class NullLayerSink : public LayerSink {
 public:
  absl::Status Add(const LayerEntry&, EntryContent&) override {
    return absl::OkStatus();
  }
  absl::StatusOr<Written> Finish() override { return Written(); }
};

}  // namespace

std::unique_ptr<LayerSink> MakeNullLayerSink() {
  return std::make_unique<NullLayerSink>();
}

}  // namespace faas::image
