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

// The sha256 of a tar's first MiB, of its first two, and so on. A layer is
// recognised by its checkpoints while its tar arrives.
using Checkpoint = std::array<char, 32>;
inline constexpr size_t kCheckpointBytes = size_t{1} << 20;

// A LayerDirectory is the place of a layer: its path, or an open directory for
// a process that cannot reach the path. The open directory may be O_PATH, and
// is used if there is one.
struct LayerDirectory {
  std::string path;
  std::shared_ptr<const base::UniqueFd> fd;
};

// A Layer is a layer in a directory, as overlayfs takes it with the mount
// option `userxattr`: what it hides is a character device 0/0, and an opaque
// directory has the attribute user.overlay.opaque=y. Of the image's extended
// attributes, user.* and file capabilities are kept.
struct Layer {
  // The sha256 of the uncompressed tar: "sha256:" and 64 hexadecimal digits.
  std::string diff_id;
  // The bytes of the uncompressed tar.
  uint64_t tar_bytes = 0;
  // The sha256 of the layer's tar as it is compressed in the archive.
  std::string blob_digest;
  // The digest that determines the content of `directory`, and so the name
  // under which to store it. It is the diff ID, except for a layer that had to
  // copy up from those below it (a hard link to a lower layer's file, or a
  // directory that the layer does not list). Then it is the chain ID, also
  // "sha256:" and 64 digits.
  std::string content_id;
  // Whether it leaves nothing to layers below it. A layer that does is complete
  // at the bottom of an image, but StoredLayers must not offer it.
  bool standalone = true;
  // Whether StoredLayers had it, so that it was not written again.
  bool stored = false;
  // Its place; see LayerDirectory. The directory of a stored layer is only
  // read, and must stay while ExtractImage runs.
  std::string directory;
  std::shared_ptr<const base::UniqueFd> directory_fd;
  // The bytes that it takes on disk.
  uint64_t disk_bytes = 0;
  std::vector<v1::IgnoredAttribute> ignored_attributes;
  // Empty if the layer cannot be recognised by checkpoints.
  std::vector<Checkpoint> checkpoints;
};

// Returns the layer as the API has it.
v1::Layer ToProto(const Layer& layer);

// StoredLayers finds layers that the caller has from earlier extractions: their
// diff IDs, sizes, directories, attributes and checkpoints. It must not offer a
// layer that is not standalone, because above another base that would be
// another layer. ExtractImage calls it from one thread at a time.
class StoredLayers {
 public:
  virtual ~StoredLayers() = default;

  // Return the layer whose blob (its tar as it is compressed in the archive),
  // or whose uncompressed tar, has that digest ("sha256:..."), if there is one.
  virtual std::optional<Layer> FindBlob(const std::string& digest) = 0;
  virtual std::optional<Layer> FindDiffId(const std::string& diff_id) = 0;
  // Returns the layers whose first checkpoint this is.
  virtual std::vector<Layer> FindBeginning(const Checkpoint& first) = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STORED_LAYER_H_
