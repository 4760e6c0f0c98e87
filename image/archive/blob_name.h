#ifndef FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_
#define FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// These functions say what the name of an archive's entry means. Names are
// normalized.

// Returns whether the entry is a JSON document by its name, at the top of the
// archive: "manifest.json", "index.json", "oci-layout", "<id>.json".
bool IsDocument(absl::string_view name);

// Returns whether the entry may be a document or a layer: "<id>/layer.tar",
// "<id>.tar", "blobs/sha256/<id>", ...
bool MayBeBlob(absl::string_view name);

// Returns the digest that a name like "blobs/sha256/<hex>" stands for; empty
// for other names.
std::string DigestInName(absl::string_view name);

// Fails with kDigest if `name` stands for a digest other than `digest`, and
// with kUnsupported if it stands for one of another algorithm.
absl::Status CheckNameAgainstDigest(absl::string_view name,
                                    absl::string_view digest);

// Returns the error for an archive that `docker save` has not written.
absl::Status ManifestNotFound();

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_BLOB_NAME_H_
