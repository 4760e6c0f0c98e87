#include "image/archive/manifest.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/archive/json.h"
#include "image/error.h"
#include "image/layer/entry_path.h"

namespace faas::image {
namespace {

using nlohmann::json;

constexpr absl::string_view kManifestName = "manifest.json";

absl::StatusOr<Manifest> ParseManifest(const json& object) {
  constexpr ErrorCategory kManifestCategory = ErrorCategory::kManifest;
  Manifest manifest;
  ASSIGN_OR_RETURN(
      manifest.config.name,
      StringMember(object, "Config", kManifestName, kManifestCategory));
  ASSIGN_OR_RETURN(
      manifest.tags,
      StringListMember(object, "RepoTags", kManifestName, kManifestCategory));
  ASSIGN_OR_RETURN(
      const std::vector<std::string> layers,
      StringListMember(object, "Layers", kManifestName, kManifestCategory));
  for (const std::string& layer : layers) {
    manifest.layers.push_back({.name = layer, .bytes = {}, .encoding = {}});
  }
  if (manifest.config.name.empty()) {
    return ImageError(kManifestCategory,
                      "manifest.json names no \"Config\"; save the image with "
                      "a Docker of at least version 1.10");
  }
  return manifest;
}

std::string WithTag(absl::string_view reference) {
  return absl::StrContains(BaseName(reference), ':')
             ? std::string(reference)
             : absl::StrCat(reference, ":latest");
}

std::string ListTags(const std::vector<std::vector<std::string>>& tags) {
  constexpr size_t kMaxListed = 20;
  std::vector<std::string> names;
  for (const std::vector<std::string>& image : tags) {
    if (names.size() == kMaxListed) {
      names.push_back("...");
      break;
    }
    names.push_back(image.empty() ? "(untagged)" : base::Printable(image[0]));
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<std::vector<Manifest>> ParseManifests(absl::string_view text,
                                                     const Limits& limits) {
  ASSIGN_OR_RETURN(
      const json document,
      ParseJson(text, kManifestName, ErrorCategory::kManifest, limits));
  if (!document.is_array() || document.empty()) {
    return ImageError(ErrorCategory::kManifest,
                      "manifest.json lists no image; save the image again");
  }
  std::vector<Manifest> manifests;
  for (const json& object : document) {
    ASSIGN_OR_RETURN(Manifest manifest, ParseManifest(object));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

absl::StatusOr<size_t> ChooseImage(
    const std::vector<std::vector<std::string>>& tags,
    absl::string_view reference) {
  if (reference.empty() && tags.size() == 1) return 0;
  if (reference.empty()) {
    return ImageError(
        ErrorCategory::kManifest,
        absl::StrCat("the archive holds ", tags.size(), " images (",
                     ListTags(tags), "); choose one with --ref NAME:TAG"));
  }
  for (size_t i = 0; i < tags.size(); ++i) {
    for (const std::string& tag : tags[i]) {
      if (tag == reference || tag == WithTag(reference)) return i;
    }
  }
  return ImageError(
      ErrorCategory::kManifest,
      absl::StrCat("the archive does not hold \"", base::Printable(reference),
                   "\", but ", ListTags(tags)));
}

}  // namespace faas::image
