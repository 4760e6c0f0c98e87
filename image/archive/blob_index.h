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

// A file of an archive that an image may be made of.
struct Blob {
  std::string name;    // normalized
  std::string digest;  // of its bytes as they are in the archive
  uint64_t bytes = 0;
  Encoding encoding = Encoding::kPlain;
  // Why the blob cannot be used. It matters only if an image names the blob:
  // an archive may hold anything beside.
  absl::Status status;
  std::string json;  // if it is a JSON document
  // If it is a layer, and what that leaves to the layers below it.
  std::optional<Layer> layer;
  LowerReferences references;
};

// How a manifest or an index names a blob, and what it says of it.
struct BlobReference {
  std::string name;
  std::optional<uint64_t> bytes;
  // kPlain, kGzip or kZstd.
  std::optional<Encoding> encoding;
};

// The blobs of an archive by name, with the symlinks and hard links that lead
// to them. Of several with one name the last counts, as it does for who unpacks
// the archive.
class BlobIndex {
 public:
  explicit BlobIndex(const Limits& limits) : limits_(limits) {}

  // kLimit if there are too many.
  absl::Status Add(Blob blob);
  // `target` is relative to the archive's root, and normalized.
  absl::Status AddLink(const std::string& name, const std::string& target);

  // The blob of that name, through links; kManifest if there is none,
  // kUnsafeLink if links go in a circle, kUnsafePath if the name climbs out of
  // the archive, kDigest if it leads to other bytes than the name says, or the
  // blob's own status.
  absl::StatusOr<const Blob*> Find(absl::string_view name) const;
  // The same; also kDigest if the blob has another size than `reference` says,
  // kManifest if it is compressed in another way.
  absl::StatusOr<const Blob*> Find(const BlobReference& reference) const;

  // All blobs, in the archive's order, those of the same name included.
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
