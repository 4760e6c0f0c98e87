#ifndef FAAS_IMAGE_ARCHIVE_BLOB_INDEX_H_
#define FAAS_IMAGE_ARCHIVE_BLOB_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/layer/layer_sink.h"
#include "image/limits.h"
#include "image/stored_layer.h"
#include "image/stream/peek.h"

namespace faas::image {

// A Blob is a file of an archive that an image may be made of.
struct Blob {
  // The normalized name.
  std::string name;
  // The digest of its bytes as they are in the archive.
  std::string digest;
  uint64_t bytes = 0;
  Encoding encoding = Encoding::kPlain;
  // The reason why the blob cannot be used. It matters only if an image names
  // the blob, because an archive may hold other files too.
  absl::Status status;
  // The text, if the blob is a JSON document.
  std::string json;
  // The layer, if the blob is one, and what it leaves to the layers below it.
  std::optional<Layer> layer;
  LowerReferences references;
};

// A BlobReference is how a manifest or an index names a blob, and what it says
// about the blob.
struct BlobReference {
  std::string name;
  std::optional<uint64_t> bytes;
  // kPlain, kGzip or kZstd, if the reference says how the blob is compressed.
  std::optional<Encoding> encoding;
};

// A BlobIndex holds the blobs of an archive by name, and the symlinks and hard
// links that lead to them. Of several blobs of one name the last counts, as it
// does for a program that unpacks the archive.
class BlobIndex {
 public:
  explicit BlobIndex(const Limits& limits) : limits_(limits) {}

  // Adds a blob. Fails with kLimit if there are too many.
  absl::Status Add(Blob blob);
  // Adds a link. `target` is relative to the archive's root, and normalized.
  // Fails with kLimit if there are too many.
  absl::Status AddLink(const std::string& name, const std::string& target);

  // Returns the blob of that name, through links. Fails with kManifest if there
  // is none, kUnsafeLink if links go in a circle, kUnsafePath if the name
  // climbs out of the archive, kDigest if the name leads to other bytes than it
  // says, or with the blob's own status.
  absl::StatusOr<const Blob*> Find(absl::string_view name) const;
  // Does the same. Also fails with kDigest if the blob has another size than
  // `reference` says, and with kManifest if it is compressed in another way.
  absl::StatusOr<const Blob*> Find(const BlobReference& reference) const;

  // Returns all blobs in the archive's order, also several of one name.
  const std::deque<Blob>& blobs() const { return blobs_; }

 private:
  absl::Status CheckRoom() const;

  const Limits& limits_;
  std::deque<Blob> blobs_;
  std::map<std::string, const Blob*> by_name_;
  std::map<std::string, std::string> links_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_BLOB_INDEX_H_
