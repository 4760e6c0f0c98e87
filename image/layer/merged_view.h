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

// Looks paths up in layers as overlayfs would merge them, without mounting
// anything: a name is where the topmost layer has it, unless a whiteout, an
// opaque directory or something that is no directory hides it. Nothing is
// cached, so the layers may change between calls.
class MergedView {
 public:
  struct Entry {
    std::string path;  // without symlinks on the way
    size_t layer;      // the topmost that has it, an index from the top
    struct stat st;
  };

  // `directories` from the top down. Errors are kStorage, here and below, and
  // kLimit when `lookups`, which outlives the view, has no step left: one is
  // taken for each system call. `label` names the layer that all this is for.
  static absl::StatusOr<MergedView> Open(
      const std::vector<LayerDirectory>& directories, std::string label,
      WalkBudget* lookups);

  // The entry at `path`, which is taken literally: a symlink on the way is not
  // a directory. Empty if there is none, or a whiteout.
  absl::StatusOr<std::optional<Entry>> Lookup(absl::string_view path) const;

  // The entry that `path` leads to from `from` when symlinks are followed
  // within the view, but for one that is the last component. Resolve(x, ".")
  // follows that too. Empty if there is none, or if links go in a circle.
  absl::StatusOr<std::optional<Entry>> Resolve(absl::string_view from,
                                               absl::string_view path) const;

  // Takes a step, for a look at the layers that is not the view's.
  absl::Status CountLookup() const;

  // The root of a layer; the view's.
  int root(size_t layer) const { return roots_[layer].get(); }
  size_t layers() const { return roots_.size(); }

 private:
  // A directory on the way, and the layers that it is merged from.
  struct Level {
    Entry entry;
    std::vector<size_t> layers;
  };

  absl::StatusOr<Level> RootLevel() const;
  absl::StatusOr<std::optional<Entry>> Find(const Level& level,
                                            const std::string& name) const;
  // The level of a directory that Find has found.
  absl::StatusOr<Level> Descend(const Level& parent, const Entry& entry) const;
  absl::StatusOr<std::string> ReadLink(const Entry& entry) const;

  std::string label_;
  WalkBudget* lookups_ = nullptr;
  std::vector<base::UniqueFd> roots_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_MERGED_VIEW_H_
