#include "registryd/layer_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::registryd {
namespace {

constexpr char kDigestPrefix[] = "sha256:";

absl::Status SyncFileSystem(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(path, O_RDONLY | O_DIRECTORY));
  if (syncfs(fd.get()) != 0) {
    return base::ErrnoStatus(absl::StrCat("syncfs \"", path, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

LayerStore::LayerStore(const std::string& state_dir)
    : layers_(state_dir + "/layers"), staging_(state_dir + "/staging") {}

absl::StatusOr<std::unique_ptr<LayerStore>> LayerStore::Open(
    const std::string& state_dir) {
  auto store = std::unique_ptr<LayerStore>(new LayerStore(state_dir));
  RETURN_IF_ERROR(fs::MakeDirectories(store->layers_, 0700));
  RETURN_IF_ERROR(fs::RemoveTree(store->staging_));
  RETURN_IF_ERROR(fs::MakeDirectories(store->staging_, 0700));
  return store;
}

absl::StatusOr<std::unique_ptr<LayerStore::Staging>> LayerStore::NewStaging() {
  std::string path = staging_ + "/faas-image-extract-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return base::ErrnoStatus(absl::StrCat("mkdtemp \"", path, "\""));
  }
  return std::make_unique<Staging>(path);
}

LayerStore::Staging::~Staging() {
  const absl::Status status = fs::RemoveTree(path_);
  if (!status.ok()) log::Line("store", std::string(status.message()));
}

std::string LayerStore::PathOf(absl::string_view content_id) const {
  return absl::StrCat(layers_, "/",
                      absl::StripPrefix(content_id, kDigestPrefix));
}

void LayerStore::Unpin(const std::vector<std::string>& content_ids) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& id : content_ids) {
    const auto it = pins_.find(id);
    if (--it->second == 0) pins_.erase(it);
  }
}

absl::StatusOr<std::unique_ptr<LayerStore::Pin>> LayerStore::Adopt(
    const std::vector<StagedLayer>& layers) {
  // What a name in layers/ stands for must be on disk before the name is.
  RETURN_IF_ERROR(SyncFileSystem(staging_));
  std::vector<std::string> ids;
  for (const StagedLayer& layer : layers) ids.push_back(layer.content_id);
  absl::MutexLock lock(&mutex_);
  for (const std::string& id : ids) ++pins_[id];
  auto pin = std::make_unique<Pin>(this, ids);
  absl::Status status;
  for (const StagedLayer& layer : layers) {
    const std::string path = PathOf(layer.content_id);
    // EEXIST: the store has it, from before or from a layer of this image that
    // comes twice.
    if (renameat2(AT_FDCWD, layer.directory.c_str(), AT_FDCWD, path.c_str(),
                  RENAME_NOREPLACE) != 0 &&
        errno != EEXIST) {
      const int error = errno;
      if (access(path.c_str(), F_OK) == 0) continue;
      status =
          base::ErrnoStatus(absl::StrCat("rename to \"", path, "\""), error);
      break;
    }
  }
  if (status.ok()) status = fs::SyncDirectory(layers_);
  if (status.ok()) return pin;
  // The pin's destructor takes the lock.
  mutex_.Unlock();
  pin.reset();
  mutex_.Lock();
  return status;
}

absl::StatusOr<std::vector<std::string>> LayerStore::MoveUnusedAway(
    const std::function<std::set<std::string>()>& in_use) {
  absl::MutexLock lock(&mutex_);
  // Pins are looked at first: whoever lets go of one has written the registry
  // before.
  std::set<std::string> keep;
  for (const auto& [id, count] : pins_) keep.insert(PathOf(id));
  for (const std::string& id : in_use()) keep.insert(PathOf(id));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   fs::ListDirectory(layers_));
  std::vector<std::string> removed;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(layers_, "/", name);
    if (keep.count(path) > 0) continue;
    const std::string trash = absl::StrCat(staging_, "/removed-", name);
    RETURN_IF_ERROR(fs::RemoveTree(trash));
    if (rename(path.c_str(), trash.c_str()) != 0) {
      return base::ErrnoStatus(absl::StrCat("rename \"", path, "\""));
    }
    removed.push_back(trash);
  }
  return removed;
}

absl::Status LayerStore::Sweep(
    const std::function<std::set<std::string>()>& in_use) {
  ASSIGN_OR_RETURN(const std::vector<std::string> removed,
                   MoveUnusedAway(in_use));
  for (const std::string& path : removed) {
    RETURN_IF_ERROR(fs::RemoveTree(path));
  }
  return absl::OkStatus();
}

}  // namespace faas::registryd
