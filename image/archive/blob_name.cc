#include "image/archive/blob_name.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/stream/digest.h"

namespace faas::image {

bool IsDocument(absl::string_view name) {
  return !absl::StrContains(name, '/') &&
         (absl::EndsWith(name, ".json") || name == "oci-layout");
}

bool MayBeBlob(absl::string_view name) {
  if (IsDocument(name) || absl::StartsWith(name, "blobs/")) return true;
  for (const absl::string_view suffix :
       {".tar", ".tar.gz", ".tgz", ".tar.zst"}) {
    if (absl::EndsWith(name, suffix)) return true;
  }
  return false;
}

std::string DigestInName(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "blobs/sha256/")) return "";
  const std::string digest = absl::StrCat("sha256:", name);
  return IsSha256Digest(digest) ? digest : "";
}

absl::Status CheckNameAgainstDigest(absl::string_view name,
                                    absl::string_view digest) {
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, "blobs/") && Parent(rest) != "sha256") {
    return ImageError(ErrorCategory::kUnsupported,
                      absl::StrCat("\"", base::Printable(name),
                                   "\" is not named by its sha256, the only "
                                   "digest that is supported"));
  }
  // Docker 20 names the configuration by its digest.
  absl::string_view hex = BaseName(name);
  if (rest == name && !absl::ConsumeSuffix(&hex, ".json")) {
    return absl::OkStatus();
  }
  const std::string named = absl::StrCat("sha256:", hex);
  if (named == digest || (rest == name && !IsSha256Digest(named))) {
    return absl::OkStatus();
  }
  return ImageError(ErrorCategory::kDigest,
                    absl::StrCat("\"", base::Printable(name),
                                 "\" holds other bytes than its name says (",
                                 digest, "); save the image again"));
}

absl::Status ManifestNotFound() {
  return ImageError(ErrorCategory::kManifest,
                    "manifest.json not found (send what `docker save` writes, "
                    "not `docker export`)");
}

}  // namespace faas::image
