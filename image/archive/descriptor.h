#ifndef FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_
#define FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/archive/blob_index.h"
#include "nlohmann/json.hpp"

namespace faas::image {

// What names a blob in an OCI index or manifest. What it leaves out is empty.
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
struct Descriptor {
  std::string media_type;
  BlobReference blob;    // "blobs/sha256/<hex>", its size
  std::string platform;  // "linux/amd64"
  std::string ref_name;  // the annotation org.opencontainers.image.ref.name
};

// `name` names the document in errors: kManifest, or kUnsupported for digests
// that are no sha256.
absl::StatusOr<Descriptor> ParseDescriptor(const nlohmann::json& object,
                                           absl::string_view name);

// Those of the list `key` of an object.
absl::StatusOr<std::vector<Descriptor>> ParseDescriptors(
    const nlohmann::json& object, const char* key, absl::string_view name);

// Whether it is of an index.
bool IsIndex(const Descriptor& descriptor);

// kUnsupported if the media type is another than an image manifest's.
absl::Status CheckManifestType(const Descriptor& descriptor);

// The blob of a layer, with the encoding that the media type says.
// kUnsupported if it is not a layer's, or that of a layer which archives do not
// bring ("foreign").
absl::StatusOr<BlobReference> LayerReference(const Descriptor& layer);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_
