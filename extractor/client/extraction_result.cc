#include "extractor/client/extraction_result.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "extractor/protocol/messages.h"
#include "image/stream/digest.h"

namespace faas::extractor {
namespace {

using ProtoLayer = internal::v1::ExtractionResult::Layer;

// The image library counts fewer attributes by name, and their names and
// examples are shorter.
constexpr int kMaxIgnoredAttributes = 64;
constexpr size_t kMaxAttributeBytes = 20 << 10;

absl::Status Refused(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the extractor names ", what));
}

bool IsPrintableLine(absl::string_view text) {
  return text.size() <= kMaxAttributeBytes &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

absl::Status CheckIds(const ProtoLayer& layer) {
  if (!image::IsSha256Digest(layer.diff_id()) ||
      !image::IsSha256Digest(layer.content_id()) ||
      !image::IsSha256Digest(layer.blob_digest())) {
    return Refused("a layer by what is no digest");
  }
  return absl::OkStatus();
}

absl::Status CheckAttributes(const ProtoLayer& layer) {
  bool right = layer.ignored_attributes_size() <= kMaxIgnoredAttributes;
  for (const v1::IgnoredAttribute& attribute : layer.ignored_attributes()) {
    right = right && IsPrintableLine(attribute.name()) &&
            IsPrintableLine(attribute.example());
  }
  return right ? absl::OkStatus()
               : Refused("attributes that no layer can have");
}

absl::StatusOr<image::Layer> StoredOne(const ProtoLayer& layer,
                                       const std::vector<image::Layer>& told) {
  if (layer.stored() >= told.size() ||
      told[layer.stored()].diff_id != layer.diff_id() ||
      layer.content_id() != layer.diff_id()) {
    return Refused("a layer as stored that it was not told of");
  }
  image::Layer result = told[layer.stored()];
  result.stored = true;
  result.content_id = result.diff_id;
  result.blob_digest = layer.blob_digest();
  result.checkpoints = {};
  return result;
}

absl::StatusOr<image::Layer> NewOne(const ProtoLayer& layer,
                                    const std::string& chain_id,
                                    const ExtractionBounds& bounds) {
  if (!layer.has_directory()) return Refused("a layer that is nowhere");
  if (layer.content_id() != layer.diff_id() && layer.content_id() != chain_id) {
    return Refused("a layer's content by another's id");
  }
  RETURN_IF_ERROR(CheckAttributes(layer));
  image::Layer result;
  absl::StatusOr<std::vector<image::Checkpoint>> checkpoints =
      CheckpointsFromBytes(layer.checkpoints());
  if (!checkpoints.ok() ||
      checkpoints->size() > layer.tar_bytes() / image::kCheckpointBytes) {
    return Refused("more checkpoints than a layer has");
  }
  result.diff_id = layer.diff_id();
  result.content_id = layer.content_id();
  result.tar_bytes = layer.tar_bytes();
  result.disk_bytes = layer.disk_bytes();
  result.directory = absl::StrCat(bounds.staging, "/", layer.directory());
  result.blob_digest = layer.blob_digest();
  result.standalone =
      layer.standalone() && layer.content_id() == layer.diff_id();
  result.ignored_attributes = {layer.ignored_attributes().begin(),
                               layer.ignored_attributes().end()};
  result.checkpoints = *std::move(checkpoints);
  return result;
}

// Returns the chain IDs by diff ID. A layer that occurs twice has that of its
// topmost occurrence, where it is completed.
std::map<std::string, std::string> ChainIdsOf(
    const internal::v1::ExtractionResult& result) {
  std::vector<std::string> diff_ids;
  for (const ProtoLayer& layer : result.layers()) {
    diff_ids.push_back(layer.diff_id());
  }
  const std::vector<std::string> chain_ids = image::ChainIds(diff_ids);
  std::map<std::string, std::string> by_diff_id;
  for (size_t i = 0; i < diff_ids.size(); ++i) {
    by_diff_id[diff_ids[i]] = chain_ids[i];
  }
  return by_diff_id;
}

}  // namespace

absl::StatusOr<image::ExtractedImage> CheckExtracted(
    const internal::v1::ExtractionResult& result,
    const ExtractionBounds& bounds) {
  const v1::Image& image = result.image();
  if (image.layers_size() > 0 ||
      static_cast<size_t>(result.layers_size()) > bounds.limits.layers) {
    return Refused("more layers than an image has");
  }
  if (!image::IsSha256Digest(image.digest()) ||
      image.archive_bytes() > bounds.limits.archive_bytes) {
    return Refused("an image by what is no digest");
  }
  for (const ProtoLayer& layer : result.layers()) {
    RETURN_IF_ERROR(CheckIds(layer));
  }
  const std::map<std::string, std::string> chain_ids = ChainIdsOf(result);
  image::ExtractedImage extracted;
  extracted.image = image;
  extracted.image.set_id_base(bounds.id_base);
  // The layers' directories by content id.
  std::map<std::string, std::string> places;
  for (const ProtoLayer& layer : result.layers()) {
    ASSIGN_OR_RETURN(
        image::Layer checked,
        layer.has_stored()
            ? StoredOne(layer, bounds.told)
            : NewOne(layer, chain_ids.at(layer.diff_id()), bounds));
    const auto [place, is_new] =
        places.emplace(checked.content_id, checked.directory);
    if (!is_new && place->second != checked.directory) {
      return Refused("two directories for one layer");
    }
    *extracted.image.add_layers() = image::ToProto(checked);
    extracted.layers.push_back(std::move(checked));
  }
  return extracted;
}

}  // namespace faas::extractor
