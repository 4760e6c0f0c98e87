#include "registryd/store/layer_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "registryd/store/layer_record.h"
#include "registryd/store/layer_staging.h"

namespace faas::registryd {
namespace {

constexpr char kDigestPrefix[] = "sha256:";
// How many blobs of one layer are remembered: it may be compressed in many
// ways.
constexpr int kMaxBlobDigests = 16;

absl::Status SyncFileSystem(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(path, O_RDONLY | O_DIRECTORY));
  if (syncfs(fd.get()) != 0) {
    return base::ErrnoStatus(absl::StrCat("syncfs \"", path, "\""));
  }
  return absl::OkStatus();
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return base::ErrnoStatus(
      absl::StrCat("rename \"", from, "\" to \"", to, "\""));
}

// Checks that an extractor has left a directory at `path`. overlayfs would
// follow a symlink. The parent is a directory that nobody else can change any
// more.
absl::Status CheckDirectory(const std::string& path) {
  struct stat st;
  if (lstat(path.c_str(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", path, "\""));
  }
  if (S_ISDIR(st.st_mode)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("\"", path, "\" is not a directory"));
}

std::string TreeOf(const std::string& directory) {
  return absl::StrCat(directory, "/tree");
}

}  // namespace

LayerStore::LayerStore(const std::string& state_dir, uint32_t id_base)
    : layers_(state_dir + "/layers"),
      staging_(state_dir + "/staging"),
      id_base_(id_base),
      trash_(staging_) {}

absl::StatusOr<std::unique_ptr<LayerStore>> LayerStore::Open(
    const std::string& state_dir, uint32_t id_base) {
  auto store = std::unique_ptr<LayerStore>(new LayerStore(state_dir, id_base));
  RETURN_IF_ERROR(fs::MakeDirectories(store->layers_, 0700));
  RETURN_IF_ERROR(fs::RemoveTree(store->staging_));
  RETURN_IF_ERROR(fs::MakeDirectories(store->staging_, 0700));
  RETURN_IF_ERROR(store->LoadRecords());
  return store;
}

absl::Status LayerStore::LoadRecords() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   fs::ListDirectory(layers_));
  absl::MutexLock lock(&mutex_);
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(layers_, "/", name);
    const absl::Status cleaned = RemoveRecordLeftovers(path);
    if (!cleaned.ok()) log::Line("store", std::string(cleaned.message()));
    absl::StatusOr<internal::v1::LayerRecord> record = LoadLayerRecord(path);
    if (!record.ok() || PathOf(record->layer().content_id()) != path) {
      log::Line("store", absl::StrCat("\"", path, "\" is no layer: ",
                                      record.status().message()));
      strays_.insert(path);
      continue;
    }
    if (record->id_base() != id_base_) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the layers in \"", layers_, "\" were written with --id_base=",
          record->id_base(), "; start with that, or move \"", layers_,
          "\" and registry.json away to start empty"));
    }
    Entry entry;
    const std::vector<image::Checkpoint> checkpoints = LoadCheckpoints(path);
    if (!checkpoints.empty()) entry.first_checkpoint = checkpoints[0];
    entry.unused_since = absl::InfinitePast();
    entry.record = *std::move(record);
    const std::string content_id = entry.record.layer().content_id();
    entries_[content_id] = std::move(entry);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<LayerStore::Staging>> LayerStore::NewStaging() {
  std::string path = staging_ + "/faas-image-extract-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return base::ErrnoStatus(absl::StrCat("mkdtemp \"", path, "\""));
  }
  auto staging = std::make_unique<Staging>(this, path);
  RETURN_IF_ERROR(fs::MakeDirectories(staging->path(), 0700));
  return staging;
}

absl::string_view LayerStore::NameOf(absl::string_view content_id) {
  return absl::StripPrefix(content_id, kDigestPrefix);
}

std::string LayerStore::PathOf(absl::string_view content_id) const {
  return absl::StrCat(layers_, "/", NameOf(content_id));
}

std::map<std::string, internal::v1::LayerRecord> LayerStore::Records() const {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, internal::v1::LayerRecord> records;
  for (const auto& [id, entry] : entries_) records[id] = entry.record;
  return records;
}

uint64_t LayerStore::disk_bytes() const {
  absl::MutexLock lock(&mutex_);
  uint64_t bytes = 0;
  for (const auto& [id, entry] : entries_) {
    bytes += entry.record.layer().disk_bytes();
  }
  return bytes;
}

void LayerStore::Unpin(const std::vector<std::string>& content_ids) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& id : content_ids) --entries_[id].pins;
}

image::Layer LayerStore::ToLayer(const Entry& entry) const {
  const v1::Layer& proto = entry.record.layer();
  const std::string path = PathOf(proto.content_id());
  image::Layer layer;
  layer.diff_id = proto.diff_id();
  layer.tar_bytes = proto.tar_bytes();
  layer.content_id = proto.content_id();
  layer.standalone = entry.record.standalone();
  layer.stored = true;
  layer.directory = TreeOf(path);
  layer.disk_bytes = proto.disk_bytes();
  layer.ignored_attributes = {proto.ignored_attributes().begin(),
                              proto.ignored_attributes().end()};
  layer.checkpoints = LoadCheckpoints(path);
  return layer;
}

// Puts a staged layer's tree and its record into `directory`.
absl::StatusOr<LayerStore::Entry> LayerStore::Stage(
    const image::Layer& layer, const std::string& directory) const {
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  RETURN_IF_ERROR(CheckDirectory(layer.directory));
  RETURN_IF_ERROR(Rename(layer.directory, TreeOf(directory)));
  Entry staged;
  internal::v1::LayerRecord& record = staged.record;
  *record.mutable_layer() = image::ToProto(layer);
  record.set_id_base(id_base_);
  record.set_standalone(layer.standalone && layer.content_id == layer.diff_id);
  if (!layer.blob_digest.empty()) record.add_blob_digests(layer.blob_digest);
  if (!layer.checkpoints.empty()) {
    staged.first_checkpoint = layer.checkpoints[0];
  }
  RETURN_IF_ERROR(SaveCheckpoints(directory, layer.checkpoints));
  RETURN_IF_ERROR(SaveLayerRecord(directory, record, Durable::kLater));
  return staged;
}

absl::Status LayerStore::Move(const std::string& directory, Entry staged,
                              Pin& pin) {
  const std::string content_id = staged.record.layer().content_id();
  const std::string path = PathOf(content_id);
  // A directory without a record may have the layer's name.
  RETURN_IF_ERROR(trash_.Take(path));
  strays_.erase(path);
  RETURN_IF_ERROR(Rename(directory, path));
  pin.fresh_.push_back(content_id);
  entries_[content_id] = std::move(staged);
  return absl::OkStatus();
}

// Notes that a layer of the store has come as another blob, so that it is
// recognised by that, too.
void LayerStore::NoteBlobDigest(const std::string& content_id,
                                const std::string& blob_digest) {
  internal::v1::LayerRecord& record = entries_[content_id].record;
  const auto& known = record.blob_digests();
  if (blob_digest.empty() || known.size() >= kMaxBlobDigests ||
      std::find(known.begin(), known.end(), blob_digest) != known.end()) {
    return;
  }
  record.add_blob_digests(blob_digest);
  const absl::Status status =
      SaveLayerRecord(PathOf(content_id), record, Durable::kNow);
  // If this fails, the layer is recognised more slowly next time.
  if (!status.ok()) log::Line("store", std::string(status.message()));
}

absl::StatusOr<std::unique_ptr<LayerStore::Pin>> LayerStore::Adopt(
    const Staging& staging, const image::ExtractedImage& image) {
  std::map<std::string, Entry> staged;  // by content id
  for (const image::Layer& layer : image.layers) {
    if (layer.stored || staged.count(layer.content_id) > 0) continue;
    ASSIGN_OR_RETURN(staged[layer.content_id],
                     Stage(layer, staging.PlaceOf(layer.content_id)));
  }
  // The content of a layer must be on disk before its name in layers/ is.
  if (!staged.empty()) RETURN_IF_ERROR(SyncFileSystem(staging_));
  auto pin = std::make_unique<Pin>(this);
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    for (const image::Layer& layer : image.layers) {
      const auto it = staged.find(layer.content_id);
      if (it != staged.end() && entries_.count(layer.content_id) == 0) {
        status = Move(staging.PlaceOf(layer.content_id), it->second, *pin);
        if (!status.ok()) break;
      } else {
        NoteBlobDigest(layer.content_id, layer.blob_digest);
      }
      ++entries_[layer.content_id].pins;
      pin->content_ids_.push_back(layer.content_id);
    }
    if (status.ok() && !pin->fresh_.empty()) {
      status = fs::SyncDirectory(layers_);
    }
  }
  if (status.ok()) return pin;
  Abandon(*pin);
  return status;
}

void LayerStore::Abandon(const Pin& pin) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& id : pin.fresh_) {
    entries_[id].unused_since = absl::InfinitePast();
  }
}

// Moves all layers into the trash that are not in use and whose grace is over.
// A layer that cannot be moved does not keep the others; returns the first
// error.
absl::Status LayerStore::MoveUnusedAway(const std::set<std::string>& used,
                                        absl::Duration grace, Swept& swept) {
  const absl::Time now = absl::Now();
  absl::Status result;
  for (auto it = strays_.begin(); it != strays_.end();) {
    const auto current = it++;
    if (used.count(*current) > 0) continue;
    const absl::Status status = trash_.Take(*current);
    result.Update(status);
    if (status.ok()) strays_.erase(current);
  }
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto current = it++;
    Entry& entry = current->second;
    const std::string path = PathOf(current->first);
    if (used.count(path) > 0) entry.unused_since.reset();
    // A pin goes after the registry has been written, so no layer is missed.
    if (used.count(path) > 0 || entry.pins > 0) continue;
    if (!entry.unused_since.has_value()) entry.unused_since = now;
    if (*entry.unused_since + grace > now) {
      swept.next = std::min(swept.next, *entry.unused_since + grace);
      continue;
    }
    const absl::Status status = trash_.Take(path);
    result.Update(status);
    if (!status.ok()) continue;
    ++swept.layers;
    swept.bytes += entry.record.layer().disk_bytes();
    entries_.erase(current);
  }
  return result;
}

absl::StatusOr<LayerStore::Swept> LayerStore::Sweep(const InUse& in_use,
                                                    absl::Duration grace) {
  Swept swept;
  std::set<std::string> used;
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& id : in_use()) used.insert(PathOf(id));
    status = MoveUnusedAway(used, grace, swept);
  }
  status.Update(trash_.Empty(used));
  RETURN_IF_ERROR(status);
  return swept;
}

}  // namespace faas::registryd
