#ifndef FAAS_IMAGE_LAYER_WALK_BUDGET_H_
#define FAAS_IMAGE_LAYER_WALK_BUDGET_H_

#include <cstdint>

namespace faas::image {

// How many steps may be taken while paths are followed. A name of a few bytes
// can be a walk through thousands of directories: with symlinks to symlinks, or
// in as many layers as lie upon each other. Not thread-safe.
class WalkBudget {
 public:
  // `steps_per_path` come on top of `steps` with each AddPath().
  explicit WalkBudget(uint64_t steps, uint64_t steps_per_path = 0)
      : left_(steps), steps_per_path_(steps_per_path) {}

  void AddPath() { left_ += steps_per_path_; }

  // Takes one; false if none is left.
  [[nodiscard]] bool Step() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  uint64_t left_;
  uint64_t steps_per_path_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_WALK_BUDGET_H_
