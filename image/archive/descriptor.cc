#include "image/archive/descriptor.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/json.h"
#include "image/error.h"
#include "image/stream/digest.h"

namespace faas::image {
namespace {

using nlohmann::json;

constexpr ErrorCategory kCategory = ErrorCategory::kManifest;
constexpr char kRefName[] = "org.opencontainers.image.ref.name";

// The media types of OCI and of Docker.
constexpr absl::string_view kManifestTypes[] = {
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
};
constexpr struct {
  absl::string_view media_type;
  Encoding encoding;
} kLayerTypes[] = {
    {"application/vnd.oci.image.layer.v1.tar", Encoding::kPlain},
    {"application/vnd.oci.image.layer.v1.tar+gzip", Encoding::kGzip},
    {"application/vnd.oci.image.layer.v1.tar+zstd", Encoding::kZstd},
    {"application/vnd.docker.image.rootfs.diff.tar", Encoding::kPlain},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", Encoding::kGzip},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", Encoding::kZstd},
};

absl::Status NotSupported(const Descriptor& descriptor,
                          absl::string_view what) {
  return ImageError(
      ErrorCategory::kUnsupported,
      absl::StrCat("\"", descriptor.blob.name, "\" is ", what, " (\"",
                   base::Printable(descriptor.media_type), "\")"));
}

absl::StatusOr<std::string> ParseDigest(const json& object,
                                        absl::string_view name) {
  ASSIGN_OR_RETURN(std::string digest,
                   StringMember(object, "digest", name, kCategory));
  if (IsSha256Digest(digest)) return digest;
  return ImageError(
      absl::StrContains(digest, ":") && !absl::StartsWith(digest, "sha256:")
          ? ErrorCategory::kUnsupported
          : kCategory,
      absl::StrCat(name, ": \"", base::Printable(digest),
                   "\" is not a sha256 digest"));
}

absl::StatusOr<std::optional<uint64_t>> ParseSize(const json& object,
                                                  absl::string_view name) {
  const json& size = Member(object, "size");
  if (size.is_null()) return std::nullopt;
  if (size.is_number_unsigned()) return size.get<uint64_t>();
  return ImageError(kCategory, absl::StrCat(name,
                                            ": a \"size\" is not a "
                                            "number of bytes"));
}

absl::StatusOr<std::string> ParsePlatform(const json& object,
                                          absl::string_view name) {
  const json& platform = Member(object, "platform");
  if (!platform.is_object()) return "";
  ASSIGN_OR_RETURN(const std::string os,
                   StringMember(platform, "os", name, kCategory));
  ASSIGN_OR_RETURN(const std::string architecture,
                   StringMember(platform, "architecture", name, kCategory));
  return absl::StrCat(os, "/", architecture);
}

}  // namespace

absl::StatusOr<Descriptor> ParseDescriptor(const json& object,
                                           absl::string_view name) {
  Descriptor descriptor;
  ASSIGN_OR_RETURN(descriptor.media_type,
                   StringMember(object, "mediaType", name, kCategory));
  ASSIGN_OR_RETURN(const std::string digest, ParseDigest(object, name));
  descriptor.blob.name =
      absl::StrCat("blobs/", absl::StrReplaceAll(digest, {{":", "/"}}));
  ASSIGN_OR_RETURN(descriptor.blob.bytes, ParseSize(object, name));
  ASSIGN_OR_RETURN(descriptor.platform, ParsePlatform(object, name));
  ASSIGN_OR_RETURN(
      descriptor.ref_name,
      StringMember(Member(object, "annotations"), kRefName, name, kCategory));
  return descriptor;
}

absl::StatusOr<std::vector<Descriptor>> ParseDescriptors(
    const json& object, const char* key, absl::string_view name) {
  std::vector<Descriptor> descriptors;
  const json& list = Member(object, key);
  if (!list.is_array()) {
    return ImageError(kCategory,
                      absl::StrCat(name, " has no list \"", key, "\""));
  }
  for (const json& element : list) {
    ASSIGN_OR_RETURN(Descriptor descriptor, ParseDescriptor(element, name));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

bool IsIndex(const Descriptor& descriptor) {
  return absl::StrContains(descriptor.media_type, "image.index") ||
         absl::StrContains(descriptor.media_type, "manifest.list");
}

absl::Status CheckManifestType(const Descriptor& descriptor) {
  if (descriptor.media_type.empty()) return absl::OkStatus();
  for (const absl::string_view type : kManifestTypes) {
    if (descriptor.media_type == type) return absl::OkStatus();
  }
  return NotSupported(descriptor, "not the manifest of an image");
}

absl::StatusOr<BlobReference> LayerReference(const Descriptor& layer) {
  if (absl::StrContains(layer.media_type, "foreign") ||
      absl::StrContains(layer.media_type, "nondistributable")) {
    return NotSupported(layer, "a foreign layer, which archives do not bring");
  }
  BlobReference reference = layer.blob;
  if (layer.media_type.empty()) return reference;
  for (const auto& type : kLayerTypes) {
    if (layer.media_type != type.media_type) continue;
    reference.encoding = type.encoding;
    return reference;
  }
  return NotSupported(layer, "not a layer of a type that is known");
}

}  // namespace faas::image
