#include "registryd/deploy/secret_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::registryd {
namespace {

absl::Status WriteSecret(const std::string& path, const std::string& value) {
  ASSIGN_OR_RETURN(const base::UniqueFd file,
                   fs::Open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
  RETURN_IF_ERROR(fs::WriteFd(file.get(), value));
  if (fsync(file.get()) != 0) {
    return base::ErrnoStatus(absl::StrCat("fsync \"", path, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SecretStore>> SecretStore::Open(
    const std::string& state_dir, const std::set<std::string>& in_use) {
  auto store =
      std::unique_ptr<SecretStore>(new SecretStore(state_dir + "/secrets"));
  RETURN_IF_ERROR(fs::MakeDirectories(store->directory_, 0700));
  ASSIGN_OR_RETURN(const std::vector<std::string> revisions,
                   fs::ListDirectory(store->directory_));
  for (const std::string& revision : revisions) {
    if (in_use.count(revision) == 0) store->Remove(revision);
  }
  return store;
}

std::string SecretStore::PathOf(const std::string& revision_id) const {
  return absl::StrCat(directory_, "/", revision_id);
}

absl::Status SecretStore::Put(const std::string& revision_id,
                              const Values& secrets) {
  if (secrets.empty()) return absl::OkStatus();
  const std::string directory = PathOf(revision_id);
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  for (const auto& [name, value] : secrets) {
    RETURN_IF_ERROR(WriteSecret(absl::StrCat(directory, "/", name), value));
  }
  RETURN_IF_ERROR(fs::SyncDirectory(directory));
  return fs::SyncDirectory(directory_);
}

absl::Status SecretStore::Carry(const std::string& from,
                                const std::string& to) {
  const std::string directory = PathOf(to);
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   fs::ListDirectory(PathOf(from)));
  for (const std::string& name : names) {
    // A secret is never written to again, so that both can share its file.
    const std::string source = absl::StrCat(PathOf(from), "/", name);
    if (link(source.c_str(), absl::StrCat(directory, "/", name).c_str()) != 0) {
      return base::ErrnoStatus(absl::StrCat("link \"", source, "\""));
    }
  }
  RETURN_IF_ERROR(fs::SyncDirectory(directory));
  return fs::SyncDirectory(directory_);
}

void SecretStore::Remove(const std::string& revision_id) {
  const absl::Status status = fs::RemoveTree(PathOf(revision_id));
  if (!status.ok()) log::Line("api", std::string(status.message()));
}

}  // namespace faas::registryd
