#ifndef FAAS_IMAGE_EXTRACT_H_
#define FAAS_IMAGE_EXTRACT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "faas/v1/function.pb.h"
#include "image/byte_source.h"
#include "image/limits.h"
#include "image/owners.h"
#include "image/standby_thread.h"
#include "image/stored_layer.h"

namespace faas::image {

// How far an extraction has come.
struct Progress {
  // Bytes taken from the ByteSource.
  uint64_t archive_bytes = 0;
  // Layers written to their end.
  uint32_t layers = 0;
  // Layers of the image; 0 as long as its manifest has not come.
  uint32_t total_layers = 0;
};

struct ExtractOptions {
  // An existing, empty directory; each layer is written into a directory of
  // its own below it. Nothing outside of it is touched.
  std::string staging;
  Limits limits;
  Owners owners;
  // Which image to take from an archive of several: "NAME:TAG", or what an OCI
  // archive calls it. Empty takes the only one. Of one image for several
  // platforms, this host's is taken.
  std::string reference;
  // Layers that need not be written again; borrowed, may be null. One whose
  // blob's digest is the entry's name, as in archives of Docker since 25 and
  // OCI's, is not even decompressed; others are recognised while they pass. The
  // digests are checked all the same.
  StoredLayers* stored = nullptr;
  // Asked before so many bytes are written to staging; its error ends the
  // extraction. May be empty.
  std::function<absl::Status(uint64_t bytes)> admit;
  // Reads, hashes and inflates ahead while a layer is written; borrowed, has
  // nothing else to do. If it is null, ExtractImage makes one for its time.
  StandbyThread* standby_thread = nullptr;
  // Called after every MiB of the archive or less often, and when a layer is
  // complete. May be empty.
  std::function<void(const Progress&)> on_progress;
};

// A layer as overlayfs takes it with the mount option `userxattr`: what it
// hides is a character device 0/0, and an opaque directory has the attribute
// user.overlay.opaque=y. Of the image's extended attributes, user.* and file
// capabilities are kept.
struct ExtractedLayer {
  // sha256 of the uncompressed tar: "sha256:" and 64 hexadecimal digits.
  std::string diff_id;
  // Bytes of the uncompressed tar.
  uint64_t tar_bytes = 0;
  // Below ExtractOptions::staging, or that of the StoredLayer.
  std::string directory;
  std::shared_ptr<const base::UniqueFd> directory_fd;
  // Whether it is a StoredLayer.
  bool stored = false;
  // sha256 of the layer's tar as it is compressed in the archive.
  std::string blob_digest;
  // What determines the content of `directory`, and so the name to store it
  // under. This is the diff ID, but for a layer that had to borrow from those
  // below it (a hard link to a lower layer's file, or a directory that the
  // layer does not list) it is the chain ID, also "sha256:" and 64 digits.
  std::string content_id;
  // Whether it leaves nothing to layers below it. One that does is complete at
  // the bottom of an image, but is not to be offered as a StoredLayer.
  bool standalone = true;
  // What StoredLayer has of it. Without checkpoints if it cannot be recognised
  // by them.
  uint64_t disk_bytes = 0;
  std::vector<v1::IgnoredAttribute> ignored_attributes;
  std::vector<Checkpoint> checkpoints;
};

struct ExtractedImage {
  v1::Image image;
  // From the bottom up, as many as image.layers. The same layer, with the same
  // directory, may come twice; overlayfs takes a directory only once, and only
  // the topmost occurrence has an effect.
  std::vector<ExtractedLayer> layers;
};

// Reads an archive as `docker save` writes it (before and since Docker 25, also
// podman's and skopeo's docker-archive and oci-archive; as a whole plain, gzip
// or zstd) from its first byte to its last, once, and writes its layers while
// they pass.
// Neither the archive nor a layer's tar is held on disk or in memory. All
// digests and diff IDs are checked.
//
// Errors are those of image/error.h and of `source`. After an error, `staging`
// may hold parts of layers; it is the caller's to remove. Nothing is synced.
// Blocks. `source` and the functions of `options` are called one at a time, but
// partly on the standby_thread's thread.
// Several extractions may run at the same time into different directories.
absl::StatusOr<ExtractedImage> ExtractImage(ByteSource& source,
                                            const ExtractOptions& options);

// The chain ID of each layer, from the bottom up: of it and all below it.
// https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
std::vector<std::string> ChainIds(const std::vector<std::string>& diff_ids);

}  // namespace faas::image

#endif  // FAAS_IMAGE_EXTRACT_H_
