#ifndef FAAS_IMAGE_LAYER_WALK_BUDGET_H_
#define FAAS_IMAGE_LAYER_WALK_BUDGET_H_

#include <cstdint>

namespace faas::image {

// A WalkBudget says how many steps may be taken while paths are followed. A
// name of a few bytes can lead through thousands of directories, with symlinks
// to symlinks or in many layers on top of each other. Not thread-safe.
class WalkBudget {
 public:
  // Each AddPath() adds `steps_per_path` steps to the `steps` at the beginning.
  explicit WalkBudget(uint64_t steps, uint64_t steps_per_path = 0)
      : left_(steps), steps_per_path_(steps_per_path) {}

  void AddPath() { left_ += steps_per_path_; }

  // Takes a step. Returns false if none is left.
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
