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

struct ExtractedImage {
  v1::Image image;
  // From the bottom up, as many as image.layers. The same layer, with the same
  // directory, may come twice; overlayfs takes a directory only once, and only
  // the topmost occurrence has an effect.
  std::vector<Layer> layers;
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
