#include "image/extract.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/archive/archive_reader.h"
#include "image/archive/select_image.h"
#include "image/error.h"
#include "image/layer/borrow.h"
#include "image/layer/layer_writer.h"
#include "image/stream/digest.h"

namespace faas::image {
namespace {

constexpr uint64_t kProgressBytes = uint64_t{1} << 20;

// Gives each layer the next directory in staging.
class StagedLayers {
 public:
  explicit StagedLayers(const ExtractOptions& options) : options_(options) {}

  absl::StatusOr<std::unique_ptr<LayerSink>> Begin(const std::string& label) {
    directories_.push_back(
        absl::StrCat(options_.staging, "/", directories_.size()));
    return LayerWriter::Create(directories_.back(),
                               {.label = label,
                                .keep_owners = options_.keep_owners,
                                .limits = options_.limits});
  }

  // Removes the directories that the image does not need.
  absl::Status RemoveOthers(const std::vector<ExtractedLayer>& layers) const {
    std::set<std::string> keep;
    for (const ExtractedLayer& layer : layers) keep.insert(layer.directory);
    for (const std::string& directory : directories_) {
      if (keep.contains(directory)) continue;
      RETURN_IF_ERROR(StorageError(fs::RemoveTree(directory)));
    }
    return absl::OkStatus();
  }

 private:
  const ExtractOptions& options_;
  std::vector<std::string> directories_;
};

// Tells `report` when a layer is complete, and of every MiB.
class ProgressMeter {
 public:
  explicit ProgressMeter(const std::function<void(const Progress&)>& report)
      : report_(report) {}

  void Update(uint64_t archive_bytes, uint32_t layers) {
    if (!report_ || (layers == last_.layers &&
                     archive_bytes < last_.archive_bytes + kProgressBytes)) {
      return;
    }
    last_ = {.archive_bytes = archive_bytes, .layers = layers};
    report_(last_);
  }

 private:
  const std::function<void(const Progress&)>& report_;
  Progress last_;
};

std::optional<LayerBlob> FindStored(const ExtractOptions& options,
                                    const std::string& blob_digest) {
  if (!options.find_stored_layer) return std::nullopt;
  const std::optional<StoredLayer> stored =
      options.find_stored_layer(blob_digest);
  if (!stored.has_value()) return std::nullopt;
  return LayerBlob{
      .diff_id = stored->diff_id,
      .tar_bytes = stored->tar_bytes,
      .written = {.directory = stored->directory, .references = {}},
      .stored = true};
}

// The layers as the archive brought them. It may bring one under two names; one
// directory is enough.
std::vector<ExtractedLayer> LayersOf(const SelectedImage& selected) {
  std::map<std::string, const LayerBlob*> by_diff_id;
  std::vector<ExtractedLayer> layers;
  for (const Blob* blob : selected.layers) {
    const LayerBlob& layer =
        *by_diff_id.emplace(blob->layer->diff_id, &*blob->layer).first->second;
    layers.push_back({.diff_id = layer.diff_id,
                      .tar_bytes = layer.tar_bytes,
                      .directory = layer.written.directory,
                      .stored = layer.stored,
                      .blob_digest = blob->digest,
                      .content_id = layer.diff_id});
  }
  return layers;
}

// https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
std::vector<std::string> ChainIds(const std::vector<ExtractedLayer>& layers) {
  std::vector<std::string> ids;
  for (const ExtractedLayer& layer : layers) {
    if (ids.empty()) {
      ids.push_back(layer.diff_id);
      continue;
    }
    Sha256 hash;
    hash.Update(absl::StrCat(ids.back(), " ", layer.diff_id));
    ids.push_back(hash.Finish());
  }
  return ids;
}

// Completes the layers that leave something to those below them, from the
// bottom up, each at its topmost position.
absl::Status CompleteLayers(const SelectedImage& selected, const Limits& limits,
                            Budget budget,
                            std::vector<ExtractedLayer>& layers) {
  const std::vector<std::string> chain_ids = ChainIds(layers);
  std::map<std::string, size_t> topmost;
  for (size_t i = 0; i < layers.size(); ++i) topmost[layers[i].diff_id] = i;
  std::vector<std::string> lower;  // from the top down
  for (size_t i = 0; i < layers.size(); ++i) {
    if (topmost[layers[i].diff_id] != i) continue;
    const Blob& blob = *selected.layers[i];
    LayerSink::Written written = blob.layer->written;
    written.directory = layers[i].directory;
    if (!written.references.links.empty() ||
        (!written.references.empty() && !lower.empty())) {
      RETURN_IF_ERROR(BorrowFromLower(
          written, lower,
          absl::StrCat("layer \"", base::Printable(blob.name), "\""), limits,
          budget));
      layers[i].content_id = chain_ids[i];
    }
    lower.insert(lower.begin(), layers[i].directory);
  }
  for (ExtractedLayer& layer : layers) {
    layer.content_id = layers[topmost[layer.diff_id]].content_id;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExtractedImage> ExtractImage(ByteSource& source,
                                            const ExtractOptions& options) {
  StagedLayers staged(options);
  ProgressMeter meter(options.on_progress);
  const ArchiveObserver observer = {
      .begin_layer =
          [&](const std::string& label) { return staged.Begin(label); },
      .find_layer =
          [&](const std::string& blob_digest) {
            return FindStored(options, blob_digest);
          },
      .on_progress =
          [&](uint64_t archive_bytes, uint32_t layers) {
            meter.Update(archive_bytes, layers);
          }};
  ASSIGN_OR_RETURN(const ReadArchiveResult archive,
                   ReadArchive(source, observer, options.limits));
  ASSIGN_OR_RETURN(
      SelectedImage selected,
      SelectImage(archive.index, options.reference, options.limits));
  ExtractedImage result;
  result.image = std::move(selected.image);
  result.image.set_archive_bytes(archive.archive_bytes);
  result.layers = LayersOf(selected);
  RETURN_IF_ERROR(
      CompleteLayers(selected, options.limits, archive.budget, result.layers));
  RETURN_IF_ERROR(staged.RemoveOthers(result.layers));
  return result;
}

}  // namespace faas::image
