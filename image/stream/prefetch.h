#ifndef FAAS_IMAGE_STREAM_PREFETCH_H_
#define FAAS_IMAGE_STREAM_PREFETCH_H_

#include <array>
#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "image/byte_source.h"
#include "image/standby_thread.h"
#include "image/stored_layer.h"

namespace faas::image {

// A PrefetchSource reads `source` on another thread, a bounded number of bytes
// ahead. So reading, hashing and decompressing a layer overlap with writing it.
// `source`, and all that it reads from, belong to that thread until Stop() has
// returned or the end has come.
//
// The pieces are of kSlotBytes each, and a shorter one at the end. For a layer
// that is known already, a piece costs little more than the two threads waking
// each other, so pieces are not made shorter when the reader waits.
class PrefetchSource : public ByteSource {
 public:
  static constexpr size_t kSlotBytes = kCheckpointBytes;

  // Begins to read. `standby_thread` must have no task. Both arguments must
  // outlive this object.
  PrefetchSource(ByteSource& source, StandbyThread& standby_thread);
  ~PrefetchSource() override { Stop(); }

  absl::StatusOr<absl::string_view> Next() override;

  // Ends the task of the thread. The task may first have to wait for `source`.
  void Stop();

 private:
  static constexpr size_t kSlots = 4;

  void Run();
  // Appends `bytes` to the slots. Returns false after Stop().
  bool Put(absl::string_view bytes);
  // Gives the slot that is being filled to the reader.
  void HandOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { ++filled_; }
  bool HasSpace() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopped_ || filled_ - taken_ < kSlots;
  }
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ended_ || filled_ > taken_;
  }

  ByteSource& source_;
  StandbyThread& standby_thread_;
  // The slots taken_ to filled_ (modulo kSlots) belong to the reader, and the
  // next one belongs to the thread. So the slots themselves need no lock.
  std::array<std::string, kSlots> slots_;
  absl::Mutex mutex_;
  size_t filled_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // Whether the reader has a slot that it has not returned.
  bool reading_ = false;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_PREFETCH_H_
