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

// A layer in a directory, as overlayfs takes it with the mount option
// `userxattr`: what it hides is a character device 0/0, and an opaque directory
// has the attribute user.overlay.opaque=y. Of the image's extended attributes,
// user.* and file capabilities are kept.
struct Layer {
  // sha256 of the uncompressed tar: "sha256:" and 64 hexadecimal digits.
  std::string diff_id;
  // Bytes of the uncompressed tar.
  uint64_t tar_bytes = 0;
  // sha256 of the layer's tar as it is compressed in the archive.
  std::string blob_digest;
  // What determines the content of `directory`, and so the name to store it
  // under. This is the diff ID, but for a layer that had to borrow from those
  // below it (a hard link to a lower layer's file, or a directory that the
  // layer does not list) it is the chain ID, also "sha256:" and 64 digits.
  std::string content_id;
  // Whether it leaves nothing to layers below it. One that does is complete at
  // the bottom of an image, but is not to be offered by StoredLayers.
  bool standalone = true;
  // Whether StoredLayers had it, so that it was not written again.
  bool stored = false;
  // Where it lies; see LayerDirectory. That of a stored layer is only read, and
  // must stay while ExtractImage runs.
  std::string directory;
  std::shared_ptr<const base::UniqueFd> directory_fd;
  // What it takes on disk.
  uint64_t disk_bytes = 0;
  std::vector<v1::IgnoredAttribute> ignored_attributes;
  // Empty if it cannot be recognised by them.
  std::vector<Checkpoint> checkpoints;
};

// The layer as the API has it.
v1::Layer ToProto(const Layer& layer);

// Layers that the caller has from earlier extractions: their diff IDs, sizes,
// directories, attributes and checkpoints. One that is not standalone is not to
// be offered: above another base it is another layer. ExtractImage calls it
// from one thread at a time.
class StoredLayers {
 public:
  virtual ~StoredLayers() = default;

  // The layer whose blob, its tar as it is compressed in the archive, has that
  // digest ("sha256:..."), if it is there.
  virtual std::optional<Layer> FindBlob(const std::string& digest) = 0;
  virtual std::optional<Layer> FindDiffId(const std::string& diff_id) = 0;
  // Those whose first checkpoint this is.
  virtual std::vector<Layer> FindBeginning(const Checkpoint& first) = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STORED_LAYER_H_
