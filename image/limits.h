#ifndef FAAS_IMAGE_LIMITS_H_
#define FAAS_IMAGE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::image {

// Limits say what one image may cost. The defaults let every image through that
// a person would deploy; an attacker gets kLimit before memory, disk or time
// run out. Errors name a limit as registryd's flags do: "max_image_bytes".
struct Limits {
  // The bytes of the upload as it arrives.
  uint64_t archive_bytes = uint64_t{32} << 30;
  // The bytes of one layer's uncompressed tar, and of all such tars together.
  // The sum includes layers that the manifest turns out not to name, and copies
  // of lower layers' files that upper layers link to. Sparse files count with
  // the whole size that they claim.
  uint64_t layer_bytes = uint64_t{16} << 30;
  uint64_t image_bytes = uint64_t{16} << 30;
  // The entries of all layers and of the archive itself, together.
  uint64_t entries = 2'000'000;
  // The layers that the manifest names. overlayfs can mount at least as many.
  size_t layers = 127;
  // The blobs in the archive that could be layers, and the symlinks to them.
  size_t blobs = 4096;
  // The bytes of a path, the bytes of one of its components, and the number of
  // its components. The kernel, and the removal of a tree, cannot take more.
  size_t path_bytes = 4095;
  size_t component_bytes = 255;
  size_t depth = 256;
  // User and group ids of an image are below this one. The default is all that
  // chown takes; containers with a user namespace have 65,536 ids.
  uint32_t ids = ~uint32_t{0};
  // The uncompressed bytes for each compressed byte, once more than
  // `compression_free_bytes` have come out. Honest layers stay far below.
  uint64_t compression_ratio = 200;
  uint64_t compression_free_bytes = uint64_t{256} << 20;
  // The bytes of one JSON document and of all documents together, the values in
  // one document, and how deep they may be nested. A parsed value takes about
  // 64 bytes of memory.
  size_t metadata_bytes = size_t{4} << 20;
  size_t all_metadata_bytes = size_t{16} << 20;
  size_t metadata_values = 100'000;
  size_t metadata_depth = 64;
  // The directories and hard links of one layer that only a layer below
  // explains, and the bytes of their names. They are held in memory until the
  // manifest is known.
  size_t lower_references = 200'000;
  size_t lower_reference_bytes = size_t{16} << 20;
  // How often all layers together may look at a file or directory of lower
  // layers to explain these. One look takes some microseconds. An honest image
  // takes a few thousand, or a few million if its layers list no directories.
  uint64_t lower_lookups = 20'000'000;
  // The binary logarithm of the largest zstd window, which is held in memory:
  // 32 MiB.
  int zstd_window_log = 25;
};

// Returns the end of the text of a kLimit error, e.g. " (limit max_layers)".
std::string NameLimit(absl::string_view name);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LIMITS_H_
