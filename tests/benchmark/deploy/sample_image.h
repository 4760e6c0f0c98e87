#ifndef FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_
#define FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::benchmark {

// How an image's layers are in its archive.
enum class Compression { kPlain, kGzip, kZstd };
const char* NameOf(Compression compression);

// An image like those of distributions: four layers of files of all sizes,
// most of them small, that shrink to less than half when compressed.
struct SampleImage {
  // Images of different seeds have nothing in common.
  uint32_t seed = 0;
  uint64_t bytes = uint64_t{256} << 20;
  int files = 13'500;
};

// Writes the image's archive: plain as `docker save` of Docker 20 writes it,
// compressed as an OCI archive, by skopeo, from the plain one, which lies at
// `plain_archive`.
absl::Status WritePlainArchive(const SampleImage& image,
                               const std::string& path);
absl::Status Compress(const std::string& plain_archive, Compression compression,
                      const std::string& path);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_SAMPLE_IMAGE_H_
