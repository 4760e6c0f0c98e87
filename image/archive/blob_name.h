#ifndef FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_
#define FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// What names of an archive's entries say. They are normalized.

// Whether it is a JSON document by its name: at the top, "manifest.json",
// "index.json", "oci-layout", "<id>.json".
bool IsDocument(absl::string_view name);

// Whether it may be a document or a layer: "<id>/layer.tar", "<id>.tar",
// "blobs/sha256/<id>", ...
bool MayBeBlob(absl::string_view name);

// The digest that a name like "blobs/sha256/<hex>" is; empty for other names.
std::string DigestInName(absl::string_view name);

// kDigest if `name` is a digest, and another one than `digest`; kUnsupported if
// it is one of another algorithm.
absl::Status CheckNameAgainstDigest(absl::string_view name,
                                    absl::string_view digest);

// The error for an archive that is none of `docker save`.
absl::Status ManifestNotFound();

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_
