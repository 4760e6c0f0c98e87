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

// Says whether there is room for what an upload is about to write: below the
// store's quota, and leaving the file system its reserve. Thread-safe.
class StoreSpace {
 public:
  struct Options {
    std::string state_dir;
    // What all layers together may take; 0 for no quota.
    uint64_t quota_bytes = 0;
    // What stays free on the file system.
    uint64_t reserve_bytes = 0;
    // What the layers take now.
    std::function<uint64_t()> used_bytes;
    // Called when there is no room, once for an upload: removes what is not
    // used.
    std::function<void()> make_room;
  };
  explicit StoreSpace(Options options) : options_(std::move(options)) {}

  // One upload; what it was admitted counts until the object goes. One thread
  // at a time.
  class Upload;
  std::unique_ptr<Upload> BeginUpload();

  // What is free on the file system for programs without privilege.
  absl::StatusOr<uint64_t> FreeBytes() const;
  const Options& options() const { return options_; }

 private:
  absl::Status Check(uint64_t pending_bytes) const;

  const Options options_;
  // Admitted to uploads that go on.
  std::atomic<uint64_t> pending_bytes_ = 0;
};

class StoreSpace::Upload {
 public:
  explicit Upload(StoreSpace* space) : space_(space) {}
  ~Upload() { space_->pending_bytes_ -= admitted_; }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // kLimit (store_quota) or kStorage (store_reserve) if there is no room for
  // `bytes` more. Looks at the disk now and then, so that the reserve may be
  // missed by a few megabytes.
  absl::Status Admit(uint64_t bytes);

  // Looks at the disk now: the same errors.
  absl::Status Check();

 private:
  StoreSpace* const space_;
  uint64_t admitted_ = 0;
  uint64_t next_check_ = 0;
  bool made_room_ = false;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_STORE_SPACE_H_
