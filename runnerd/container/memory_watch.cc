#include "runnerd/container/memory_watch.h"

#include <sys/epoll.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"

namespace faas::runnerd {

void MemoryWatch::Start() {
  if (stopped_ || environment_.cgroups->IsUnified("memory")) return;
  tasks_.Run(environment_.cleaner, [this] {
    // Shared, because a std::function must be copyable.
    const auto event = std::make_shared<absl::StatusOr<base::UniqueFd>>(
        environment_.cgroups->WatchMemory(id_));
    events_.Post([this, event] { OnSetUp(std::move(*event)); });
  });
}

void MemoryWatch::OnSetUp(absl::StatusOr<base::UniqueFd> event) {
  if (stopped_) return;
  const absl::Status status =
      event.ok() ? Follow(*std::move(event)) : event.status();
  // NOT_FOUND: the container has just ended. UNAVAILABLE: there is no memory
  // controller, which runnerd has logged at its start.
  if (status.ok() || absl::IsNotFound(status) || absl::IsUnavailable(status)) {
    return;
  }
  log::Line("request",
            absl::StrCat("Container ", id_,
                         " may outlive a process that is out of memory: ",
                         status.message()));
}

absl::Status MemoryWatch::Follow(base::UniqueFd event) {
  event_ = std::move(event);
  ASSIGN_OR_RETURN(
      watch_, environment_.loop->Watch(event_.get(), EPOLLIN, [this](uint32_t) {
        environment_.loop->Unwatch(watch_);
        on_out_of_memory_();
      }));
  return absl::OkStatus();
}

void MemoryWatch::Stop() {
  stopped_ = true;
  environment_.loop->Unwatch(watch_);
  event_.reset();
}

}  // namespace faas::runnerd
