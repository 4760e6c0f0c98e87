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
#include "image/layer/copy_up.h"
#include "image/layer/file_ops.h"
#include "image/layer/layer_writer.h"
#include "image/stream/digest.h"

namespace faas::image {
namespace {

constexpr uint64_t kProgressBytes = uint64_t{1} << 20;

// StagedLayers gives each layer the next directory in staging.
class StagedLayers {
 public:
  explicit StagedLayers(const ExtractOptions& options) : options_(options) {}

  absl::StatusOr<std::unique_ptr<LayerSink>> Begin(const std::string& label) {
    directories_.push_back(
        absl::StrCat(options_.staging, "/", directories_.size()));
    return LayerWriter::Create(directories_.back(), {.label = label,
                                                     .owners = options_.owners,
                                                     .limits = options_.limits,
                                                     .admit = options_.admit});
  }

  // Removes the directories that the image does not need.
  absl::Status RemoveOthers(const std::vector<Layer>& layers) const {
    std::set<std::string> keep;
    for (const Layer& layer : layers) keep.insert(layer.directory);
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

// A ProgressMeter tells `report` when a layer is complete, and after every MiB.
class ProgressMeter {
 public:
  explicit ProgressMeter(const std::function<void(const Progress&)>& report)
      : report_(report) {}

  void Update(const Progress& progress) {
    if (!report_ ||
        (progress.layers == last_.layers &&
         progress.archive_bytes < last_.archive_bytes + kProgressBytes)) {
      return;
    }
    last_ = progress;
    report_(last_);
  }

 private:
  const std::function<void(const Progress&)>& report_;
  Progress last_;
};

// Returns the layers as the archive brought them. It may bring one under two
// names; one directory is enough.
std::vector<Layer> LayersOf(const SelectedImage& selected) {
  std::map<std::string, const Layer*> by_diff_id;
  std::vector<Layer> layers;
  for (const Blob* blob : selected.layers) {
    layers.push_back(
        *by_diff_id.emplace(blob->layer->diff_id, &*blob->layer).first->second);
    layers.back().blob_digest = blob->digest;
  }
  return layers;
}

// Completes the layers that leave something to those below them, from the
// bottom up, each at its topmost position.
absl::Status CompleteLayers(const SelectedImage& selected,
                            const ExtractOptions& options, Budget budget,
                            std::vector<Layer>& layers) {
  std::vector<std::string> diff_ids;
  for (const Layer& layer : layers) diff_ids.push_back(layer.diff_id);
  const std::vector<std::string> chain_ids = ChainIds(diff_ids);
  std::map<std::string, size_t> topmost;
  for (size_t i = 0; i < layers.size(); ++i) topmost[layers[i].diff_id] = i;
  std::vector<LayerDirectory> lower;  // from the top down
  for (size_t i = 0; i < layers.size(); ++i) {
    if (topmost[layers[i].diff_id] != i) continue;
    const Blob& blob = *selected.layers[i];
    LayerSink::Written written;
    written.directory = layers[i].directory;
    written.references = blob.references;
    if (!written.references.links.empty() ||
        (!written.references.empty() && !lower.empty())) {
      RETURN_IF_ERROR(CopyUpFromLower(
          written, lower,
          absl::StrCat("layer \"", base::Printable(blob.name), "\""),
          options.limits, options.owners, budget));
      layers[i].content_id = chain_ids[i];
      layers[i].checkpoints.clear();
      ASSIGN_OR_RETURN(layers[i].disk_bytes, TreeBytes(layers[i].directory));
    }
    lower.insert(lower.begin(), {layers[i].directory, layers[i].directory_fd});
  }
  for (Layer& layer : layers) {
    const Layer& complete = layers[topmost[layer.diff_id]];
    layer.content_id = complete.content_id;
    layer.disk_bytes = complete.disk_bytes;
    layer.checkpoints = complete.checkpoints;
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
      .stored = options.stored,
      .on_progress =
          [&](const ReadProgress& progress) {
            meter.Update({.archive_bytes = progress.archive_bytes,
                          .layers = progress.layers,
                          .total_layers = progress.total_layers});
          },
      .reference = options.reference,
      .standby_thread = options.standby_thread};
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
      CompleteLayers(selected, options, archive.budget, result.layers));
  result.image.set_id_base(options.owners.id_base);
  for (size_t i = 0; i < result.layers.size(); ++i) {
    *result.image.mutable_layers(static_cast<int>(i)) =
        ToProto(result.layers[i]);
  }
  RETURN_IF_ERROR(staged.RemoveOthers(result.layers));
  return result;
}

std::vector<std::string> ChainIds(const std::vector<std::string>& diff_ids) {
  std::vector<std::string> ids;
  for (const std::string& diff_id : diff_ids) {
    if (ids.empty()) {
      ids.push_back(diff_id);
      continue;
    }
    Sha256 hash;
    hash.Update(absl::StrCat(ids.back(), " ", diff_id));
    ids.push_back(DigestText(hash.Current()));
  }
  return ids;
}

}  // namespace faas::image
