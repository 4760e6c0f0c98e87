#ifndef FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_
#define FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/archive/blob_index.h"
#include "nlohmann/json.hpp"

namespace faas::image {

// A Descriptor names a blob in an OCI index or manifest. Fields that it leaves
// out are empty.
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
struct Descriptor {
  std::string media_type;
  BlobReference blob;    // "blobs/sha256/<hex>" and its size
  std::string platform;  // "linux/amd64"
  std::string ref_name;  // the annotation org.opencontainers.image.ref.name
};

// Parses a descriptor. `name` names the document in errors: kManifest, or
// kUnsupported for digests that are not sha256.
absl::StatusOr<Descriptor> ParseDescriptor(const nlohmann::json& object,
                                           absl::string_view name);

// Parses the list of descriptors that is the member `key` of an object.
absl::StatusOr<std::vector<Descriptor>> ParseDescriptors(
    const nlohmann::json& object, const char* key, absl::string_view name);

// Returns whether the descriptor is that of an index.
bool IsIndex(const Descriptor& descriptor);

// Fails with kUnsupported if the media type is not that of an image manifest.
absl::Status CheckManifestType(const Descriptor& descriptor);

// Returns the reference to a layer's blob, with the encoding that the media
// type says. Fails with kUnsupported if the media type is not a layer's, or is
// that of a layer which archives do not contain ("foreign").
absl::StatusOr<BlobReference> LayerReference(const Descriptor& layer);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_DESCRIPTOR_H_
