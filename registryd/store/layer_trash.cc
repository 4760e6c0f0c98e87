#include "registryd/store/layer_trash.h"

#include <stdio.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/fs/file.h"

namespace faas::registryd {

absl::Status LayerTrash::Take(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  // A number makes the name unique, because the directory was empty at the
  // start. A new directory for each layer could not be made on a full disk.
  const std::string trash = absl::StrCat(directory_, "/removed-", taken_);
  if (rename(path.c_str(), trash.c_str()) != 0) {
    const absl::Status status = base::ErrnoStatus(
        absl::StrCat("rename \"", path, "\" to \"", trash, "\""));
    const bool is_gone =
        absl::IsNotFound(status) && access(path.c_str(), F_OK) != 0;
    return is_gone ? absl::OkStatus() : status;
  }
  ++taken_;
  items_.push_back({trash, path});
  return absl::OkStatus();
}

absl::Status LayerTrash::Empty(const std::set<std::string>& in_use) {
  std::vector<Item> items, kept;
  {
    absl::MutexLock lock(&mutex_);
    items.swap(items_);
  }
  absl::Status result;
  // Without the lock: a layer may have very many files.
  for (Item& item : items) {
    const bool is_used = in_use.count(item.was) > 0;
    const absl::Status status =
        is_used ? absl::OkStatus() : fs::RemoveTree(item.path);
    result.Update(status);
    if (is_used || !status.ok()) kept.push_back(std::move(item));
  }
  absl::MutexLock lock(&mutex_);
  items_.insert(items_.end(), kept.begin(), kept.end());
  return result;
}

}  // namespace faas::registryd
