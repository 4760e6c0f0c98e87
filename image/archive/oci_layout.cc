#include "image/archive/oci_layout.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/descriptor.h"
#include "image/archive/json.h"
#include "image/error.h"

namespace faas::image {
namespace {

using nlohmann::json;

constexpr ErrorCategory kLayoutCategory = ErrorCategory::kManifest;
// No tool writes more than an index of indexes of images.
constexpr int kMaxDepth = 4;

#if defined(__x86_64__)
constexpr absl::string_view kHostArchitecture = "amd64";
#elif defined(__aarch64__)
constexpr absl::string_view kHostArchitecture = "arm64";
#else
constexpr absl::string_view kHostArchitecture = "unknown";
#endif

absl::StatusOr<json> ReadDocument(const BlobIndex& index,
                                  const BlobReference& reference,
                                  const Limits& limits) {
  ASSIGN_OR_RETURN(const Blob* blob, index.Find(reference));
  return ParseJson(blob->json, absl::StrCat("\"", reference.name, "\""),
                   kLayoutCategory, limits);
}

absl::StatusOr<Manifest> ReadManifest(const BlobIndex& index,
                                      const Descriptor& image,
                                      const Limits& limits) {
  RETURN_IF_ERROR(CheckManifestType(image));
  ASSIGN_OR_RETURN(const json document,
                   ReadDocument(index, image.blob, limits));
  ASSIGN_OR_RETURN(
      const Descriptor config,
      ParseDescriptor(Member(document, "config"), image.blob.name));
  ASSIGN_OR_RETURN(const std::vector<Descriptor> layers,
                   ParseDescriptors(document, "layers", image.blob.name));
  Manifest manifest = {.config = config.blob, .tags = {}, .layers = {}};
  if (!image.ref_name.empty()) manifest.tags.push_back(image.ref_name);
  for (const Descriptor& layer : layers) {
    ASSIGN_OR_RETURN(BlobReference reference, LayerReference(layer));
    manifest.layers.push_back(std::move(reference));
  }
  return manifest;
}

// Returns the entries of an index that are for this host. An entry without a
// platform is for every host.
std::vector<Descriptor> ForThisHost(const std::vector<Descriptor>& all) {
  const std::string host = absl::StrCat("linux/", kHostArchitecture);
  std::vector<Descriptor> mine;
  for (const Descriptor& descriptor : all) {
    if (descriptor.platform.empty() || descriptor.platform == host) {
      mine.push_back(descriptor);
    }
  }
  return mine;
}

absl::Status NoneForThisHost(const std::vector<Descriptor>& all) {
  std::vector<std::string> platforms;
  for (const Descriptor& descriptor : all) {
    platforms.push_back(base::Printable(descriptor.platform));
  }
  return ImageError(ErrorCategory::kUnsupported,
                    absl::StrCat("it is for ", absl::StrJoin(platforms, ", "),
                                 " and not for linux/", kHostArchitecture));
}

// Returns the image that a descriptor of index.json leads to.
absl::StatusOr<Manifest> FollowIndexes(const BlobIndex& index,
                                       Descriptor descriptor,
                                       const Limits& limits) {
  const std::string ref_name = descriptor.ref_name;
  for (int depth = 0; IsIndex(descriptor); ++depth) {
    if (depth == kMaxDepth) {
      return ImageError(ErrorCategory::kLimit,
                        absl::StrCat("its indexes are nested more than ",
                                     kMaxDepth, " deep"));
    }
    ASSIGN_OR_RETURN(const json document,
                     ReadDocument(index, descriptor.blob, limits));
    ASSIGN_OR_RETURN(
        const std::vector<Descriptor> all,
        ParseDescriptors(document, "manifests", descriptor.blob.name));
    const std::vector<Descriptor> mine = ForThisHost(all);
    if (mine.empty()) return NoneForThisHost(all);
    descriptor = mine[0];
  }
  descriptor.ref_name = ref_name;
  return ReadManifest(index, descriptor, limits);
}

}  // namespace

absl::StatusOr<Manifest> ReadOciLayout(const BlobIndex& index,
                                       absl::string_view reference,
                                       const Limits& limits) {
  ASSIGN_OR_RETURN(const json document,
                   ReadDocument(index, {.name = "index.json"}, limits));
  ASSIGN_OR_RETURN(const std::vector<Descriptor> all,
                   ParseDescriptors(document, "manifests", "\"index.json\""));
  if (all.empty()) {
    return ImageError(kLayoutCategory, "index.json lists no image");
  }
  const std::vector<Descriptor> mine = ForThisHost(all);
  if (mine.empty()) return NoneForThisHost(all);
  std::vector<std::vector<std::string>> tags(mine.size());
  for (size_t i = 0; i < mine.size(); ++i) {
    if (!mine[i].ref_name.empty()) tags[i].push_back(mine[i].ref_name);
  }
  ASSIGN_OR_RETURN(const size_t chosen, ChooseImage(tags, reference));
  return FollowIndexes(index, mine[chosen], limits);
}

}  // namespace faas::image
