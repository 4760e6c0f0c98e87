#include "image/archive/blob_index.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/blob_name.h"
#include "image/error.h"
#include "image/layer/entry_path.h"

namespace faas::image {
namespace {

constexpr int kMaxLinks = 16;

absl::string_view Describe(Encoding encoding) {
  switch (encoding) {
    case Encoding::kGzip:
      return "compressed with gzip";
    case Encoding::kZstd:
      return "compressed with zstd";
    case Encoding::kEmpty:
    case Encoding::kPlain:
    case Encoding::kJson:
      break;
  }
  return "not compressed";
}

// Returns whether a reference may say `described` of a blob that is `found`.
// skopeo says gzip also of layers that it was told to leave as they are
// (--dest-oci-accept-uncompressed-layers), and Docker and podman go by the
// bytes.
bool MayBeCalled(Encoding described, Encoding found) {
  return Describe(described) == Describe(found) ||
         (described == Encoding::kGzip &&
          Describe(found) == Describe(Encoding::kPlain));
}

}  // namespace

absl::Status BlobIndex::CheckRoom() const {
  if (blobs_.size() + links_.size() < limits_.blobs) return absl::OkStatus();
  return ImageError(
      ErrorCategory::kLimit,
      absl::StrCat("the archive has more than ", limits_.blobs,
                   " layers and documents", NameLimit("max_archive_blobs")));
}

absl::Status BlobIndex::Add(Blob blob) {
  RETURN_IF_ERROR(CheckRoom());
  blobs_.push_back(std::move(blob));
  by_name_[blobs_.back().name] = &blobs_.back();
  links_.erase(blobs_.back().name);
  return absl::OkStatus();
}

absl::Status BlobIndex::AddLink(const std::string& name,
                                const std::string& target) {
  RETURN_IF_ERROR(CheckRoom());
  links_[name] = target;
  by_name_.erase(name);
  return absl::OkStatus();
}

absl::StatusOr<const Blob*> BlobIndex::Find(absl::string_view name) const {
  std::optional<std::string> path = NormalizeEntryPath(name);
  if (!path.has_value()) {
    return ImageError(
        ErrorCategory::kUnsafePath,
        absl::StrCat("the manifest names \"", base::Printable(name),
                     "\", which is not in the archive"));
  }
  const std::string asked = *path;
  auto link = links_.find(*path);
  for (int i = 0; link != links_.end(); ++i) {
    if (i == kMaxLinks) {
      return ImageError(ErrorCategory::kUnsafeLink,
                        absl::StrCat("\"", base::Printable(name),
                                     "\" leads through too many links"));
    }
    path = link->second;
    link = links_.find(*path);
  }
  const auto it = by_name_.find(*path);
  if (it == by_name_.end()) {
    return ImageError(
        ErrorCategory::kManifest,
        absl::StrCat("the manifest names \"", base::Printable(name),
                     "\", which is not in the archive; save the image again"));
  }
  const Blob* blob = it->second;
  RETURN_IF_ERROR(blob->status);
  // A link may have a digest as its name, too.
  RETURN_IF_ERROR(CheckNameAgainstDigest(asked, blob->digest));
  return blob;
}

absl::StatusOr<const Blob*> BlobIndex::Find(
    const BlobReference& reference) const {
  ASSIGN_OR_RETURN(const Blob* blob, Find(reference.name));
  const std::string name = base::Printable(reference.name);
  if (reference.bytes.has_value() && *reference.bytes != blob->bytes) {
    return ImageError(ErrorCategory::kDigest,
                      absl::StrCat("\"", name, "\" has ", blob->bytes,
                                   " bytes where its descriptor says ",
                                   *reference.bytes, "; save the image again"));
  }
  if (reference.encoding.has_value() &&
      !MayBeCalled(*reference.encoding, blob->encoding)) {
    return ImageError(
        ErrorCategory::kManifest,
        absl::StrCat("\"", name, "\" is ", Describe(blob->encoding),
                     " where its media type says that it is ",
                     Describe(*reference.encoding), "; save the image again"));
  }
  return blob;
}

}  // namespace faas::image
