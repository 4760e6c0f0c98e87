#ifndef FAAS_RUNNERD_CONTAINER_POSTED_EVENTS_H_
#define FAAS_RUNNERD_CONTAINER_POSTED_EVENTS_H_

#include <functional>
#include <memory>

#include "common/event/event_loop.h"

namespace faas::runnerd {

// A PostedEvents delivers the events of the object that it is a member of.
// Each event runs in a later turn of the loop, never within the call that
// caused it, and in the order of the calls to Post. Events that are left when
// the object is destroyed are dropped; an event may destroy the object.
class PostedEvents {
 public:
  // `loop` must outlive this object.
  explicit PostedEvents(event::EventLoop* loop) : loop_(loop) {}
  PostedEvents(const PostedEvents&) = delete;
  PostedEvents& operator=(const PostedEvents&) = delete;

  // Calls `event` on the loop's thread. May be called on any thread.
  void Post(std::function<void()> event) const {
    loop_->Post(
        [object = std::weak_ptr<const bool>(alive_), event = std::move(event)] {
          if (!object.expired()) event();
        });
  }

 private:
  event::EventLoop* const loop_;
  // Destroyed with the object, on the loop's thread.
  const std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_POSTED_EVENTS_H_
