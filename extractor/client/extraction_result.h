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

// What an extractor may say of its result. It has read a stranger's archive,
// which may have taken it over.
struct ExtractionBounds {
  // The directory that has the extractor's layers.
  std::string staging;
  // The stored layers that it was told of, by number.
  const std::vector<image::Layer>& told;
  image::Limits limits;
  uint32_t id_base = 0;
};

// Checks the result of an extractor and returns the image. Returns INTERNAL if
// the result names a layer by something that is not a digest, names its content
// by something that is neither its diff ID nor its chain ID, or names a stored
// layer that the extractor was not told of. What the returned image says of a
// stored layer comes from the store, not from the extractor.
//
// Only the extractor knows whether a layer is what its digest says.
absl::StatusOr<image::ExtractedImage> CheckExtracted(
    const internal::v1::ExtractionResult& result,
    const ExtractionBounds& bounds);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_EXTRACTION_RESULT_H_
