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

// Progress says how far an extraction has come.
struct Progress {
  // The bytes taken from the ByteSource.
  uint64_t archive_bytes = 0;
  // The layers written to their end.
  uint32_t layers = 0;
  // The layers of the image; 0 as long as its manifest has not come.
  uint32_t total_layers = 0;
};

struct ExtractOptions {
  // An existing, empty directory. Each layer is written into a directory of its
  // own below it. Nothing outside of it is touched.
  std::string staging;
  Limits limits;
  Owners owners;
  // The image to take from an archive of several: "NAME:TAG", or what an OCI
  // archive calls it. "" takes the only one. If the image is for several
  // platforms, this host's is taken.
  std::string reference;
  // Finds layers that need not be written again. The caller keeps it, and it
  // may be null. If the name of the archive's entry is the digest of a stored
  // layer's blob, as in archives of Docker since 25 and of OCI, the blob is not
  // even decompressed. Other stored layers are recognised while they pass. All
  // digests are checked all the same.
  StoredLayers* stored = nullptr;
  // Called before so many bytes are written to staging. An error ends the
  // extraction. May be empty.
  std::function<absl::Status(uint64_t bytes)> admit;
  // Reads, hashes and decompresses ahead while a layer is written. The caller
  // keeps it and gives it no task. If it is null, ExtractImage makes one for
  // its time.
  StandbyThread* standby_thread = nullptr;
  // Called after every MiB of the archive or less often, and when a layer is
  // complete. May be empty.
  std::function<void(const Progress&)> on_progress;
};

struct ExtractedImage {
  v1::Image image;
  // The layers from the bottom up, as many as image.layers. The same layer,
  // with the same directory, may occur twice. overlayfs takes a directory only
  // once, and only the topmost occurrence has an effect.
  std::vector<Layer> layers;
};

// Reads an archive as `docker save` writes it, before and since Docker 25, or
// as podman and skopeo write docker-archive and oci-archive. The archive as a
// whole is plain, gzip or zstd. Reads it once from its first byte to its last,
// and writes its layers while they pass. Neither the archive nor a layer's tar
// is held on disk or in memory. All digests and diff IDs are checked.
//
// Errors are those of image/error.h and of `source`. After an error, `staging`
// may hold parts of layers, which the caller removes. Nothing is synced.
// Blocks. `source` and the functions of `options` are called one at a time, but
// partly on the standby thread. Several extractions may run at the same time
// into different directories.
absl::StatusOr<ExtractedImage> ExtractImage(ByteSource& source,
                                            const ExtractOptions& options);

// Returns the chain ID of each layer, from the bottom up. It stands for the
// layer and all below it.
// https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
std::vector<std::string> ChainIds(const std::vector<std::string>& diff_ids);

}  // namespace faas::image

#endif  // FAAS_IMAGE_EXTRACT_H_
