#ifndef FAAS_IMAGE_LAYER_LAYER_SINK_H_
#define FAAS_IMAGE_LAYER_LAYER_SINK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "image/layer/attributes.h"
#include "image/layer/entry_content.h"
#include "image/layer/layer_entry.h"

namespace faas::image {

// A LowerLink is a hard link whose target the layer does not have. A layer
// below must have it.
struct LowerLink {
  std::string path;
  std::string target;
};

// LowerReferences are what a layer leaves to those below it.
struct LowerReferences {
  // The directories that no entry describes.
  std::set<std::string> implicit_directories;
  std::vector<LowerLink> links;
  // Whether the layer hides all that is below it.
  bool opaque_root = false;

  bool empty() const {
    return implicit_directories.empty() && links.empty() && !opaque_root;
  }
};

// A LayerSink takes the entries of one layer, in their order.
class LayerSink {
 public:
  struct Written {
    std::string directory;  // Empty if nothing was written.
    LowerReferences references;
    // The bytes that it takes on disk.
    uint64_t disk_bytes = 0;
    IgnoredAttributes ignored_attributes;
    // Whether an entry replaced an earlier one. If so, the directory does not
    // tell what the earlier entries were.
    bool replaced = false;
  };

  virtual ~LayerSink() = default;

  // Takes an entry. `content` is the content of `entry`, which may be read or
  // left.
  virtual absl::Status Add(const LayerEntry& entry, EntryContent& content) = 0;

  // Must be called after the last entry.
  virtual absl::StatusOr<Written> Finish() = 0;
};

// Begins a layer. `label` names it in errors.
using LayerSinkFactory =
    std::function<absl::StatusOr<std::unique_ptr<LayerSink>>(
        const std::string& label)>;

// Returns a sink that takes entries and writes nothing.
std::unique_ptr<LayerSink> MakeNullLayerSink();

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_SINK_H_
