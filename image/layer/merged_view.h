#ifndef FAAS_IMAGE_LAYER_MERGED_VIEW_H_
#define FAAS_IMAGE_LAYER_MERGED_VIEW_H_

#include <sys/stat.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"
#include "image/layer/walk_budget.h"
#include "image/stored_layer.h"

namespace faas::image {

// A MergedView looks paths up in layers as overlayfs would merge them, without
// mounting anything. The topmost layer that has a name counts, unless a
// whiteout, an opaque directory or something that is no directory hides it.
// Nothing is cached, so the layers may change between calls.
class MergedView {
 public:
  struct Entry {
    std::string path;  // No symlink is on the way.
    size_t layer;      // The topmost that has it; 0 is the top.
    struct stat st;
  };

  // Opens the layers, which are given from the top down. `label` names the
  // layer that all this is for. `lookups` must outlive the view; each system
  // call takes one step of it. The errors of all functions are kStorage, and
  // kLimit when no step is left.
  static absl::StatusOr<MergedView> Open(
      const std::vector<LayerDirectory>& directories, std::string label,
      WalkBudget* lookups);

  // Returns the entry at `path`, which is taken literally: a symlink on the way
  // is not a directory. Returns nothing if there is none, or a whiteout.
  absl::StatusOr<std::optional<Entry>> Lookup(absl::string_view path) const;

  // Returns the entry that `path` leads to from `from` when symlinks are
  // followed within the view. A symlink in the last component is not followed;
  // Resolve(x, ".") follows that too. Returns nothing if there is none, or if
  // links go in a circle.
  absl::StatusOr<std::optional<Entry>> Resolve(absl::string_view from,
                                               absl::string_view path) const;

  // Takes a step, for a look at the layers that does not go through the view.
  absl::Status CountLookup() const;

  // Returns the root of a layer, which the view owns.
  int root(size_t layer) const { return roots_[layer].get(); }
  size_t layers() const { return roots_.size(); }

 private:
  // A Level is a directory on the way, and the layers that it is merged from.
  struct Level {
    Entry entry;
    std::vector<size_t> layers;
  };

  absl::StatusOr<Level> RootLevel() const;
  absl::StatusOr<std::optional<Entry>> Find(const Level& level,
                                            const std::string& name) const;
  // Returns the level of a directory that Find has found.
  absl::StatusOr<Level> Descend(const Level& parent, const Entry& entry) const;
  absl::StatusOr<std::string> ReadLink(const Entry& entry) const;

  std::string label_;
  WalkBudget* lookups_ = nullptr;
  std::vector<base::UniqueFd> roots_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_MERGED_VIEW_H_
