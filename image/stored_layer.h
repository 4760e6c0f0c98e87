#ifndef FAAS_IMAGE_STORED_LAYER_H_
#define FAAS_IMAGE_STORED_LAYER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/unique_fd.h"
#include "faas/v1/function.pb.h"

namespace faas::image {

// The sha256 of a tar's beginning: of its first MiB, its first two, and so on.
// By its checkpoints a layer is recognised while its tar arrives.
using Checkpoint = std::array<char, 32>;
inline constexpr size_t kCheckpointBytes = size_t{1} << 20;

// Where a layer lies: by its path, or, for who cannot reach that, as an open
// directory, which may be O_PATH and goes first.
struct LayerDirectory {
  std::string path;
  std::shared_ptr<const base::UniqueFd> fd;
};

// A layer that the caller has from an earlier extraction.
struct StoredLayer {
  std::string diff_id;
  uint64_t tar_bytes = 0;
  uint64_t disk_bytes = 0;
  std::vector<v1::IgnoredAttribute> ignored_attributes;
  // Must stay while ExtractImage runs; it is only read. See LayerDirectory.
  std::string directory;
  std::shared_ptr<const base::UniqueFd> directory_fd;
  // As ExtractedLayer had them; empty if there were none.
  std::vector<Checkpoint> checkpoints;
};

// Those layers. One that is not standalone is not to be offered: above another
// base it is another layer. ExtractImage calls it from one
// thread at a time.
class StoredLayers {
 public:
  virtual ~StoredLayers() = default;

  // The layer whose blob, its tar as it is compressed in the archive, has that
  // digest ("sha256:..."), if it is there.
  virtual std::optional<StoredLayer> FindBlob(const std::string& digest) = 0;
  virtual std::optional<StoredLayer> FindDiffId(const std::string& diff_id) = 0;
  // Those whose first checkpoint this is.
  virtual std::vector<StoredLayer> FindBeginning(const Checkpoint& first) = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STORED_LAYER_H_
