#ifndef FAAS_EXTRACTOR_CLIENT_EXTRACTION_RESULT_H_
#define FAAS_EXTRACTOR_CLIENT_EXTRACTION_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/extract.h"
#include "image/limits.h"
#include "image/stored_layer.h"

namespace faas::extractor {

// What an extractor that reads a stranger's archive may say, at most.
struct ExtractionBounds {
  // Where its layers are.
  std::string staging;
  // What it was told of, by number.
  const std::vector<image::Layer>& told;
  image::Limits limits;
  uint32_t id_base = 0;
};

// The image that an extractor says it has extracted, which is taken for a
// stranger's: INTERNAL if it names a layer in any other way than by a digest,
// as content what is neither the layer itself nor the chain that ends in it, or
// as stored what it was not told of. What is known of a stored layer is the
// store's word, not the extractor's.
//
// That a layer is what its digest says, nobody but the extractor knows.
absl::StatusOr<image::ExtractedImage> CheckExtracted(
    const internal::v1::ExtractionResult& result,
    const ExtractionBounds& bounds);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_EXTRACTION_RESULT_H_
