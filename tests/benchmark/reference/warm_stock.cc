#include "tests/benchmark/reference/warm_stock.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "tests/benchmark/reference/reference_listener.h"

namespace faas::benchmark {

std::string NextId() {
  static std::atomic<uint64_t> next_id = 1;
  return absl::StrFormat("faas-%016x", next_id++);
}

absl::Status WarmStock::Refill() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &WarmStock::Lacks));
      ++making_;
    }
    auto container = std::make_unique<BareContainer>(environment_, NextId());
    RETURN_IF_ERROR(container->StartInBackground());
    RETURN_IF_ERROR(
        fs::Open(container->path() + "/ready", O_WRONLY | O_CREAT, 0600)
            .status());
    absl::MutexLock lock(&mutex_);
    --making_;
    waiting_.push_back(std::move(container));
  }
}

absl::Status WarmStock::Serve(int listener) {
  while (true) {
    ASSIGN_OR_RETURN(base::UniqueFd client, Accept(listener));
    std::unique_ptr<BareContainer> container;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &WarmStock::HasWaiting));
      container = std::move(waiting_.front());
      waiting_.pop_front();
    }
    RETURN_IF_ERROR(container->PassOn(std::move(client)));
    absl::MutexLock lock(&mutex_);
    serving_.push_back(std::move(container));
  }
}

absl::Status WarmStock::Finish() {
  while (true) {
    std::unique_ptr<BareContainer> container;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &WarmStock::HasServing));
      container = std::move(serving_.front());
      serving_.pop_front();
    }
    unlink((container->path() + "/ready").c_str());
    RETURN_IF_ERROR(container->Finish());
  }
}

}  // namespace faas::benchmark
