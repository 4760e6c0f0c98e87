#ifndef FAAS_IMAGE_LAYER_WALK_BUDGET_H_
#define FAAS_IMAGE_LAYER_WALK_BUDGET_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "image/error.h"

namespace faas::image {

// What it may cost to follow the paths of a layer. With symlinks to symlinks a
// name of a few bytes is a walk through thousands of directories, and two such
// names in turn are that for each of millions of entries. On average the way to
// an entry may not be longer than a path ever is in an honest image, where
// neighbours share most of it.
class WalkBudget {
 public:
  // Components of paths: at the beginning, and for each path.
  static constexpr uint64_t kFree = 50'000;
  static constexpr uint64_t kPerPath = 64;

  void AddPath() { left_ += kPerPath; }

  // One component is walked; kLimit when there have been too many. `label`
  // names the layer.
  absl::Status Step(absl::string_view label) {
    if (left_-- > 0) return absl::OkStatus();
    left_ = 0;
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(label, ": its paths lead through more than ", kPerPath,
                     " directories and symlinks each, on average"));
  }

 private:
  uint64_t left_ = kFree;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_WALK_BUDGET_H_
