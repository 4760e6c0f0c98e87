#ifndef FAAS_RUNNERD_CONTAINER_HANDLER_ACCEPTOR_H_
#define FAAS_RUNNERD_CONTAINER_HANDLER_ACCEPTOR_H_

#include <functional>
#include <string>

#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "runnerd/container/container_environment.h"

namespace faas::runnerd {

// A HandlerAcceptor waits for the handler of one container to connect to
// /control.sock. Runs on the loop's thread.
class HandlerAcceptor {
 public:
  // `environment` must outlive this object. `on_handler` gets the connection,
  // once, from a callback of the loop.
  HandlerAcceptor(const ContainerEnvironment* environment, std::string id,
                  std::function<void(base::UniqueFd)> on_handler)
      : environment_(*environment),
        id_(std::move(id)),
        on_handler_(std::move(on_handler)) {}
  ~HandlerAcceptor() { Stop(); }

  // Begins to wait. Out of descriptors, it tries again and again. `listener`
  // must stay open until Stop.
  void Start(int listener);
  void Stop();

 private:
  void Watch();
  void WatchLater();
  void OnReadable();
  bool IsHandler(int control) const;

  const ContainerEnvironment& environment_;
  const std::string id_;
  const std::function<void(base::UniqueFd)> on_handler_;
  int listener_ = -1;
  event::EventLoop::Token watch_ = 0, retry_timer_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_HANDLER_ACCEPTOR_H_
