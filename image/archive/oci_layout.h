#ifndef FAAS_IMAGE_ARCHIVE_OCI_LAYOUT_H_
#define FAAS_IMAGE_ARCHIVE_OCI_LAYOUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/archive/blob_index.h"
#include "image/archive/manifest.h"
#include "image/limits.h"

namespace faas::image {

// Reads an image of an OCI layout, the archive of `skopeo copy ...
// oci-archive:`, `podman save --format oci-archive` and `buildah push`. It is
// found from index.json through nested indexes, where the entry for this host's
// platform is taken. `reference` is compared with the annotation
// org.opencontainers.image.ref.name as ChooseImage does.
//
// Errors: kManifest, kUnsupported for media types that are not of images and
// for layers that are not in the archive ("foreign"), kLimit for indexes nested
// too deep, and those of BlobIndex::Find: sizes and layers' compression have to
// be what the descriptors say.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
absl::StatusOr<Manifest> ReadOciLayout(const BlobIndex& index,
                                       absl::string_view reference,
                                       const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_OCI_LAYOUT_H_
