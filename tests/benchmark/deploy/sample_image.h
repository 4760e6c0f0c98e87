#ifndef FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_
#define FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::benchmark {

// How the layers of an image are compressed in its archive.
enum class Compression { kPlain, kGzip, kZstd };
const char* NameOf(Compression compression);

// A SampleImage is an image like those of distributions. It has four layers
// with files of all sizes, most of them small, which shrink to less than half
// when they are compressed.
struct SampleImage {
  // Images with different seeds have no content in common.
  uint32_t seed = 0;
  uint64_t bytes = uint64_t{256} << 20;
  int files = 13'500;
};

// Writes the archive of the image to `path`, as `docker save` of Docker 20
// writes it.
absl::Status WritePlainArchive(const SampleImage& image,
                               const std::string& path);

// Makes an OCI archive with compressed layers from an archive that
// WritePlainArchive has written. Needs skopeo.
absl::Status Compress(const std::string& plain_archive, Compression compression,
                      const std::string& path);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_
