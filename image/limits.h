#ifndef FAAS_IMAGE_LIMITS_H_
#define FAAS_IMAGE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::image {

// What one image may cost. The defaults let every image through that a person
// would deploy; an attacker gets kLimit before memory, disk or time run out.
// Errors name a limit as registryd's flags do: "max_image_bytes".
struct Limits {
  // Bytes of the upload as it arrives.
  uint64_t archive_bytes = uint64_t{32} << 30;
  // Bytes of one layer's uncompressed tar, and of all of them together, layers
  // that the manifest turns out not to name included, and with copies of lower
  // layers' files that upper ones link to. The sizes that sparse files pretend
  // to have count in full.
  uint64_t layer_bytes = uint64_t{16} << 30;
  uint64_t image_bytes = uint64_t{16} << 30;
  // Entries of all layers and of the archive itself, together.
  uint64_t entries = 2'000'000;
  // Layers that the manifest names; overlayfs mounts at least these.
  size_t layers = 127;
  // Blobs in the archive that could be layers, symlinks to them included.
  size_t blobs = 4096;
  // Bytes of a path, of one of its components, and its depth in components:
  // what the kernel and the removal of a tree can bear.
  size_t path_bytes = 4095;
  size_t component_bytes = 255;
  size_t depth = 256;
  // User and group ids of an image: 0 up to, but without, this one. All that
  // chown takes; containers with a user namespace have 65,536.
  uint32_t ids = ~uint32_t{0};
  // Uncompressed bytes for each compressed one, once more than
  // `compression_free_bytes` have come out: what is honest stays far below.
  uint64_t compression_ratio = 200;
  uint64_t compression_free_bytes = uint64_t{256} << 20;
  // Bytes of one JSON document, of all of them together, and the values in one
  // of them: a parsed value takes some 64 bytes of memory.
  size_t metadata_bytes = size_t{4} << 20;
  size_t all_metadata_bytes = size_t{16} << 20;
  size_t metadata_values = 100'000;
  size_t metadata_depth = 64;
  // Directories and hard links of one layer that only a layer below explains,
  // and the bytes of their names: they are remembered in memory until the
  // manifest is known.
  size_t lower_references = 200'000;
  size_t lower_reference_bytes = size_t{16} << 20;
  // Looks at files and directories to find what lower layers have for these, of
  // all layers together. One takes some microseconds; an honest image takes a
  // few thousand, or a few millions if its layers list no directories.
  uint64_t lower_lookups = 20'000'000;
  // log2 of the largest zstd window, which has to be held in memory: 32 MiB.
  int zstd_window_log = 25;
};

// " (limit max_layers)": what ends the text of a kLimit error.
std::string NameLimit(absl::string_view name);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LIMITS_H_
