#ifndef FAAS_TESTS_FAITHFULNESS_UNPACK_H_
#define FAAS_TESTS_FAITHFULNESS_UNPACK_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

// Writes the layers of the image in the file `archive` into directories below
// `directory`, which is created, and returns them from the bottom up, each
// once. It uses image::ExtractImage, with the owners that the image says plus
// `id_base`.
absl::StatusOr<std::vector<std::string>> ExtractLayers(
    const std::string& archive, const std::string& directory,
    uint32_t id_base = 0);

// An OverlayMount is a read-only mount as runnerd makes it of layers, but
// without its scaffold. It is unmounted when the object is destroyed.
class OverlayMount {
 public:
  // Mounts at `directory`, which is created.
  static absl::StatusOr<OverlayMount> Create(
      const std::vector<std::string>& layers, const std::string& directory);

  OverlayMount(OverlayMount&& other) noexcept
      : point_(std::exchange(other.point_, "")) {}
  OverlayMount& operator=(OverlayMount&&) = delete;
  ~OverlayMount();

  // Returns where it is mounted.
  const std::string& root() const { return point_; }

 private:
  explicit OverlayMount(std::string point) : point_(std::move(point)) {}

  std::string point_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_UNPACK_H_
