#include "registryd/store/layer_staging.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::registryd {

std::string LayerStore::Staging::PlaceOf(absl::string_view content_id) const {
  return absl::StrCat(holder_, "/layer-", LayerStore::NameOf(content_id));
}

LayerStore::Staging::~Staging() {
  store_->Unpin({pinned_.begin(), pinned_.end()});
  const absl::Status status = fs::RemoveTree(holder_);
  if (!status.ok()) log::Line("store", std::string(status.message()));
}

template <typename Matches>
std::vector<image::Layer> LayerStore::Staging::FindAndPin(Matches matches) {
  std::vector<image::Layer> found;
  absl::MutexLock lock(&store_->mutex_);
  for (auto& [id, entry] : store_->entries_) {
    if (!entry.record.standalone() || !matches(entry)) continue;
    // One pin is enough, however often an extraction asks.
    if (pinned_.insert(id).second) ++entry.pins;
    found.push_back(store_->ToLayer(entry));
  }
  return found;
}

std::optional<image::Layer> LayerStore::Staging::FindBlob(
    const std::string& digest) {
  const auto found = FindAndPin([&](const Entry& entry) {
    const auto& known = entry.record.blob_digests();
    return std::find(known.begin(), known.end(), digest) != known.end();
  });
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::optional<image::Layer> LayerStore::Staging::FindDiffId(
    const std::string& diff_id) {
  const auto found = FindAndPin([&](const Entry& entry) {
    return entry.record.layer().diff_id() == diff_id;
  });
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::vector<image::Layer> LayerStore::Staging::FindBeginning(
    const image::Checkpoint& first) {
  return FindAndPin(
      [&](const Entry& entry) { return entry.first_checkpoint == first; });
}

}  // namespace faas::registryd
