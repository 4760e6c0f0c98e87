#include "registryd/image_limit_flags.h"

#include <cstddef>
#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(uint64_t, max_archive_bytes, faas::image::Limits().archive_bytes,
          "The largest upload, in bytes.");
ABSL_FLAG(uint64_t, max_layer_bytes, faas::image::Limits().layer_bytes,
          "The largest layer, in bytes when uncompressed. Holes of sparse "
          "files count.");
ABSL_FLAG(uint64_t, max_image_bytes, faas::image::Limits().image_bytes,
          "The largest image: the bytes of its uncompressed layers together.");
ABSL_FLAG(uint64_t, max_image_entries, faas::image::Limits().entries,
          "How many files, directories and links an image may have.");
ABSL_FLAG(uint64_t, max_layers, faas::image::Limits().layers,
          "How many layers an image may have.");
ABSL_FLAG(uint64_t, max_archive_blobs, faas::image::Limits().blobs,
          "How many layers and documents an archive may hold, used or not.");
ABSL_FLAG(uint64_t, max_path_bytes, faas::image::Limits().path_bytes,
          "The longest path in an image, in bytes.");
ABSL_FLAG(uint64_t, max_name_bytes, faas::image::Limits().component_bytes,
          "The longest component of a path in an image, in bytes.");
ABSL_FLAG(uint64_t, max_path_depth, faas::image::Limits().depth,
          "How many components a path in an image may have.");
ABSL_FLAG(uint64_t, max_compression_ratio,
          faas::image::Limits().compression_ratio,
          "How many bytes a compressed byte may unpack to, on average, once "
          "256 MiB have been unpacked.");
ABSL_FLAG(uint64_t, max_json_bytes, faas::image::Limits().metadata_bytes,
          "The largest manifest, index or configuration, in bytes. All of an "
          "archive together may be four times as large.");
ABSL_FLAG(uint64_t, max_json_values, faas::image::Limits().metadata_values,
          "How many values one of these JSON documents may hold.");
ABSL_FLAG(uint64_t, max_json_depth, faas::image::Limits().metadata_depth,
          "How deeply one of these JSON documents may be nested.");
ABSL_FLAG(uint64_t, max_lower_references,
          faas::image::Limits().lower_references,
          "How many directories and hard links of a layer may depend on the "
          "layers below it.");
ABSL_FLAG(uint64_t, max_lower_lookups, faas::image::Limits().lower_lookups,
          "How many lookups in lower layers these may need, for a whole "
          "image.");
ABSL_FLAG(int, max_zstd_window_log, faas::image::Limits().zstd_window_log,
          "The base-2 logarithm of the largest zstd window, in bytes. The "
          "window is held in memory.");

namespace faas::registryd {

absl::StatusOr<image::Limits> ImageLimitsFromFlags() {
  image::Limits limits;
  const struct {
    const absl::Flag<uint64_t>& flag;
    uint64_t* limit;
  } flags[] = {
      {FLAGS_max_archive_bytes, &limits.archive_bytes},
      {FLAGS_max_layer_bytes, &limits.layer_bytes},
      {FLAGS_max_image_bytes, &limits.image_bytes},
      {FLAGS_max_image_entries, &limits.entries},
      {FLAGS_max_layers, &limits.layers},
      {FLAGS_max_archive_blobs, &limits.blobs},
      {FLAGS_max_path_bytes, &limits.path_bytes},
      {FLAGS_max_name_bytes, &limits.component_bytes},
      {FLAGS_max_path_depth, &limits.depth},
      {FLAGS_max_compression_ratio, &limits.compression_ratio},
      {FLAGS_max_json_bytes, &limits.metadata_bytes},
      {FLAGS_max_json_values, &limits.metadata_values},
      {FLAGS_max_json_depth, &limits.metadata_depth},
      {FLAGS_max_lower_references, &limits.lower_references},
      {FLAGS_max_lower_lookups, &limits.lower_lookups},
  };
  for (const auto& [flag, limit] : flags) {
    *limit = absl::GetFlag(flag);
    if (*limit == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag.Name(), " must be at least 1"));
    }
  }
  limits.all_metadata_bytes = 4 * limits.metadata_bytes;
  limits.zstd_window_log = absl::GetFlag(FLAGS_max_zstd_window_log);
  // zstd accepts these on a 64-bit machine.
  if (limits.zstd_window_log < 10 || limits.zstd_window_log > 31) {
    return absl::InvalidArgumentError(
        "--max_zstd_window_log must be from 10 to 31");
  }
  return limits;
}

}  // namespace faas::registryd
