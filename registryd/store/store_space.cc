#include "registryd/store/store_space.h"

#include <sys/statvfs.h>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/limits.h"

namespace faas::registryd {
namespace {

// How many bytes are admitted between two looks at the disk.
constexpr uint64_t kCheckBytes = uint64_t{4} << 20;

}  // namespace

std::unique_ptr<StoreSpace::Upload> StoreSpace::BeginUpload() {
  return std::make_unique<Upload>(this);
}

absl::StatusOr<uint64_t> StoreSpace::FreeBytes() const {
  struct statvfs info;
  if (statvfs(options_.state_dir.c_str(), &info) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("statvfs \"", options_.state_dir, "\""));
  }
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

absl::Status StoreSpace::Check(uint64_t pending_bytes) const {
  if (options_.quota_bytes > 0 &&
      options_.used_bytes() + pending_bytes > options_.quota_bytes) {
    return image::ImageError(
        image::ErrorCategory::kLimit,
        absl::StrCat("the store would take more than ", options_.quota_bytes,
                     " bytes", image::NameLimit("store_quota"),
                     "; remove functions, or raise the quota"));
  }
  const absl::StatusOr<uint64_t> free = FreeBytes();
  if (!free.ok()) return image::StorageError(free.status());
  if (*free >= options_.reserve_bytes) return absl::OkStatus();
  return image::StorageError(absl::ResourceExhaustedError(
      absl::StrCat("\"", options_.state_dir, "\" has ", *free,
                   " bytes free, and ", options_.reserve_bytes,
                   " are kept in reserve", image::NameLimit("store_reserve"),
                   "; remove functions, or make room on the disk")));
}

absl::Status StoreSpace::Upload::Admit(uint64_t bytes) {
  admitted_ += bytes;
  space_->pending_bytes_ += bytes;
  return admitted_ < next_check_ ? absl::OkStatus() : Check();
}

absl::Status StoreSpace::Upload::Check() {
  next_check_ = admitted_ + kCheckBytes;
  absl::Status status = space_->Check(space_->pending_bytes_);
  if (status.ok() || made_room_) return status;
  made_room_ = true;
  space_->options_.make_room();
  return space_->Check(space_->pending_bytes_);
}

}  // namespace faas::registryd
