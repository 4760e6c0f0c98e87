#ifndef FAAS_RUNNERD_STATE_APPLIER_H_
#define FAAS_RUNNERD_STATE_APPLIER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "function/function_watch.h"

namespace faas::runnerd {

// A StateApplier brings the newest state of the registry into force. When a
// part of it fails, such as the mount of one function, the rest is in force and
// the whole state is applied again after a while, until it succeeds or a newer
// state replaces it. All methods belong to the loop's thread.
class StateApplier {
 public:
  struct Callbacks {
    // Applies a state as far as it can be applied. An error asks for another
    // try.
    std::function<absl::Status(const function::FunctionState& state)> apply;
    // Is told of each try, failed or not: a function that cannot be mounted
    // must not keep the others away.
    std::function<void(uint64_t generation)> on_applied;
  };
  static constexpr absl::Duration kRetryInterval = absl::Seconds(1);

  // Borrows `loop`, which must outlive the object.
  StateApplier(event::EventLoop* loop, Callbacks callbacks,
               absl::Duration retry_interval = kRetryInterval);
  ~StateApplier();
  StateApplier(const StateApplier&) = delete;
  StateApplier& operator=(const StateApplier&) = delete;

  // Applies `state` in the place of the one before, within this call.
  void Set(std::shared_ptr<const function::FunctionState> state);

  // Applies nothing from now on: neither a newer state nor the last one again.
  void Stop();

 private:
  void Apply();

  event::EventLoop& loop_;
  const Callbacks callbacks_;
  const absl::Duration retry_interval_;
  std::shared_ptr<const function::FunctionState> newest_;
  event::EventLoop::Token retry_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_STATE_APPLIER_H_
