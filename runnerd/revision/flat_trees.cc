#include "runnerd/revision/flat_trees.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "image/flatten.h"

namespace faas::runnerd {
namespace {

// Begins the names of trees that are incomplete or that are being removed.
constexpr char kTemporaryPrefix[] = ".";

std::string NameOf(const std::vector<std::string>& layers) {
  const std::string text = absl::StrJoin(layers, "\n");
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

absl::Status SyncFileSystem(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(path, O_RDONLY | O_DIRECTORY));
  if (syncfs(fd.get()) == 0) return absl::OkStatus();
  return base::ErrnoStatus(absl::StrCat("syncfs \"", path, "\""));
}

}  // namespace

FlatTrees::FlatTrees(std::string directory)
    : directory_(std::move(directory)), remover_([this] { RemoveGarbage(); }) {}

FlatTrees::~FlatTrees() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  remover_.join();
}

absl::StatusOr<std::unique_ptr<FlatTrees>> FlatTrees::Open(
    const std::string& directory) {
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   fs::ListDirectory(directory));
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, kTemporaryPrefix)) continue;
    RETURN_IF_ERROR(fs::RemoveTree(absl::StrCat(directory, "/", name)));
  }
  return std::unique_ptr<FlatTrees>(new FlatTrees(directory));
}

std::shared_ptr<const FlatTree> FlatTrees::Find(const std::string& path) {
  // A tree that somebody holds may still be incomplete; then its path is not
  // there.
  if (access(path.c_str(), F_OK) != 0) return nullptr;
  if (auto tree = trees_[path].lock(); tree != nullptr) return tree;
  auto tree = std::make_shared<const FlatTree>(FlatTree{path});
  trees_[path] = tree;
  return tree;
}

absl::StatusOr<std::shared_ptr<const FlatTree>> FlatTrees::Get(
    const std::vector<std::string>& layers) {
  const std::string path = absl::StrCat(directory_, "/", NameOf(layers));
  {
    // A tree that is there is returned while another one is being made.
    absl::MutexLock lock(&mutex_);
    if (auto tree = Find(path); tree != nullptr) return tree;
  }
  absl::MutexLock build_lock(&build_mutex_);
  // The object exists before the path does: otherwise Sweep could remove the
  // new tree before this function returns it.
  std::shared_ptr<const FlatTree> tree;
  {
    absl::MutexLock lock(&mutex_);
    tree = Find(path);
    if (tree != nullptr) return tree;
    tree = std::make_shared<const FlatTree>(FlatTree{path});
    trees_[path] = tree;
  }
  RETURN_IF_ERROR(Build(layers, path));
  return tree;
}

absl::Status FlatTrees::Build(const std::vector<std::string>& layers,
                              const std::string& path) {
  std::string building =
      absl::StrCat(directory_, "/", kTemporaryPrefix, "building-XXXXXX");
  if (mkdtemp(building.data()) == nullptr) {
    return base::ErrnoStatus(absl::StrCat("mkdtemp \"", building, "\""));
  }
  absl::Status status =
      image::Flatten(layers, building, image::FlattenMode::kCopy);
  // Only a complete tree may get the name, even if the host crashes.
  if (status.ok()) status = SyncFileSystem(building);
  if (status.ok() && rename(building.c_str(), path.c_str()) != 0) {
    status = base::ErrnoStatus(absl::StrCat("rename to \"", path, "\""));
  }
  if (status.ok()) return fs::SyncDirectory(directory_);
  fs::RemoveTree(building).IgnoreError();  // Open removes what is left.
  return status;
}

void FlatTrees::Sweep() {
  const auto names = fs::ListDirectory(directory_);
  if (!names.ok()) return;
  absl::MutexLock lock(&mutex_);
  for (const std::string& name : *names) {
    const std::string path = absl::StrCat(directory_, "/", name);
    if (absl::StartsWith(name, kTemporaryPrefix) || !trees_[path].expired()) {
      continue;
    }
    trees_.erase(path);
    const std::string garbage =
        absl::StrCat(directory_, "/", kTemporaryPrefix, "removed-", name);
    if (rename(path.c_str(), garbage.c_str()) == 0) {
      garbage_.push_back(garbage);
    }
  }
}

void FlatTrees::RemoveGarbage() {
  const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !garbage_.empty();
  };
  while (true) {
    std::vector<std::string> garbage;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&wanted));
      if (stopping_) return;  // Open removes what is left.
      garbage.swap(garbage_);
    }
    for (const std::string& path : garbage) {
      const absl::Status status = fs::RemoveTree(path);
      if (!status.ok()) log::Line("rootfs", std::string(status.message()));
    }
  }
}

}  // namespace faas::runnerd
