#include "image/archive/select_image.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/blob_name.h"
#include "image/archive/image_config.h"
#include "image/archive/manifest.h"
#include "image/archive/oci_layout.h"
#include "image/error.h"

namespace faas::image {
namespace {

absl::StatusOr<Manifest> FindManifest(const BlobIndex& index,
                                      const std::string& reference,
                                      const Limits& limits) {
  const absl::StatusOr<const Blob*> blob = index.Find("manifest.json");
  if (!blob.ok() && CategoryOf(blob.status()) == ErrorCategory::kManifest) {
    if (!index.Find("index.json").ok()) return ManifestNotFound();
    return ReadOciLayout(index, reference, limits);
  }
  RETURN_IF_ERROR(blob.status());
  ASSIGN_OR_RETURN(const std::vector<Manifest> manifests,
                   ParseManifests((*blob)->json, limits));
  std::vector<std::vector<std::string>> tags;
  for (const Manifest& manifest : manifests) tags.push_back(manifest.tags);
  ASSIGN_OR_RETURN(const size_t chosen, ChooseImage(tags, reference));
  return manifests[chosen];
}

absl::StatusOr<const Blob*> FindLayer(const BlobIndex& index,
                                      const BlobReference& layer,
                                      const std::string& diff_id) {
  ASSIGN_OR_RETURN(const Blob* blob, index.Find(layer));
  if (!blob->layer.has_value()) {
    return ImageError(
        ErrorCategory::kManifest,
        absl::StrCat("the manifest names \"", base::Printable(layer.name),
                     "\" as a layer, which it is not"));
  }
  if (blob->layer->diff_id != diff_id) {
    return ImageError(
        ErrorCategory::kDigest,
        absl::StrCat("layer \"", base::Printable(layer.name), "\" is ",
                     blob->layer->diff_id, " where the configuration says ",
                     base::Printable(diff_id), "; save the image again"));
  }
  return blob;
}

}  // namespace

uint32_t CountLayers(const BlobIndex& index, const std::string& reference,
                     const Limits& limits) {
  const absl::StatusOr<Manifest> manifest =
      FindManifest(index, reference, limits);
  return manifest.ok() ? static_cast<uint32_t>(manifest->layers.size()) : 0;
}

absl::StatusOr<SelectedImage> SelectImage(const BlobIndex& index,
                                          const std::string& reference,
                                          const Limits& limits) {
  ASSIGN_OR_RETURN(const Manifest manifest,
                   FindManifest(index, reference, limits));
  if (manifest.layers.size() > limits.layers) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat("it has ", manifest.layers.size(), " layers, more than ",
                     limits.layers, NameLimit("max_layers"), "; squash it"));
  }
  ASSIGN_OR_RETURN(const Blob* config, index.Find(manifest.config));
  ASSIGN_OR_RETURN(ImageConfigDocument document,
                   ParseImageConfig(config->json, limits));
  if (document.diff_ids.size() != manifest.layers.size()) {
    return ImageError(
        ErrorCategory::kManifest,
        absl::StrCat("the manifest names ", manifest.layers.size(),
                     " layers, the configuration ", document.diff_ids.size(),
                     "; save the image again"));
  }
  SelectedImage selected;
  selected.image.set_digest(config->digest);
  selected.image.mutable_tags()->Add(manifest.tags.begin(),
                                     manifest.tags.end());
  *selected.image.mutable_config() = std::move(document.config);
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    ASSIGN_OR_RETURN(const Blob* blob, FindLayer(index, manifest.layers[i],
                                                 document.diff_ids[i]));
    v1::Layer* layer = selected.image.add_layers();
    layer->set_diff_id(blob->layer->diff_id);
    layer->set_tar_bytes(blob->layer->tar_bytes);
    layer->set_blob_digest(blob->digest);
    selected.layers.push_back(blob);
  }
  return selected;
}

}  // namespace faas::image
