#ifndef FAAS_REGISTRYD_STORE_STORE_SPACE_H_
#define FAAS_REGISTRYD_STORE_STORE_SPACE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::registryd {

// A StoreSpace decides whether an upload may write more: the store must stay
// below its quota, and the file system must keep its reserve. Thread-safe.
class StoreSpace {
 public:
  struct Options {
    std::string state_dir;
    // How many bytes all layers together may take; 0 for no quota.
    uint64_t quota_bytes = 0;
    // How many bytes stay free on the file system.
    uint64_t reserve_bytes = 0;
    // Returns how many bytes the layers take now.
    std::function<uint64_t()> used_bytes;
    // Removes layers that are not used. Called when there is no room, once for
    // each upload.
    std::function<void()> make_room;
  };
  explicit StoreSpace(Options options) : options_(std::move(options)) {}

  // Begins an upload. What it is admitted counts as used until the object is
  // destroyed. An Upload is used by one thread at a time.
  class Upload;
  std::unique_ptr<Upload> BeginUpload();

  // Returns how many bytes are free on the file system for programs without
  // privileges.
  absl::StatusOr<uint64_t> FreeBytes() const;
  const Options& options() const { return options_; }

 private:
  absl::Status Check(uint64_t pending_bytes) const;

  const Options options_;
  // Bytes that were admitted to uploads that go on.
  std::atomic<uint64_t> pending_bytes_ = 0;
};

class StoreSpace::Upload {
 public:
  explicit Upload(StoreSpace* space) : space_(space) {}
  ~Upload() { space_->pending_bytes_ -= admitted_; }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // Admits `bytes` more. Returns kLimit (store_quota) or kStorage
  // (store_reserve) if there is no room for them. Looks at the disk only after
  // every few megabytes, so that the reserve may be missed by as much.
  absl::Status Admit(uint64_t bytes);

  // Looks at the disk now, and returns the same errors.
  absl::Status Check();

 private:
  StoreSpace* const space_;
  uint64_t admitted_ = 0;
  uint64_t next_check_ = 0;
  bool made_room_ = false;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_STORE_SPACE_H_
