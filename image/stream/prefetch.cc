#include "image/stream/prefetch.h"

#include <algorithm>

namespace faas::image {

PrefetchSource::PrefetchSource(ByteSource& source,
                               StandbyThread& standby_thread)
    : source_(source), standby_thread_(standby_thread) {
  standby_thread_.Start([this] { Run(); });
}

void PrefetchSource::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  standby_thread_.Wait();
}

void PrefetchSource::Run() {
  absl::Status status;
  while (true) {
    const absl::StatusOr<absl::string_view> bytes = source_.Next();
    status = bytes.status();
    if (!bytes.ok() || bytes->empty() || !Put(*bytes)) break;
  }
  const absl::MutexLock lock(&mutex_);
  if (!slots_[filled_ % kSlots].empty() && filled_ - taken_ < kSlots) {
    HandOver();
  }
  ended_ = true;
  status_ = status;
}

bool PrefetchSource::Put(absl::string_view bytes) {
  while (!bytes.empty()) {
    size_t slot;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &PrefetchSource::HasSpace));
      if (stopped_) return false;
      slot = filled_ % kSlots;
    }
    std::string& buffer = slots_[slot];
    const size_t n = std::min(bytes.size(), kSlotBytes - buffer.size());
    buffer.append(bytes.data(), n);
    bytes.remove_prefix(n);
    const absl::MutexLock lock(&mutex_);
    if (buffer.size() == kSlotBytes) HandOver();
  }
  return true;
}

absl::StatusOr<absl::string_view> PrefetchSource::Next() {
  const absl::MutexLock lock(&mutex_);
  if (reading_) {
    slots_[taken_ % kSlots].clear();
    ++taken_;
    reading_ = false;
  }
  mutex_.Await(absl::Condition(this, &PrefetchSource::HasNews));
  if (filled_ > taken_) {
    reading_ = true;
    return slots_[taken_ % kSlots];
  }
  if (!status_.ok()) return status_;
  return absl::string_view();
}

}  // namespace faas::image
