#ifndef FAAS_FAASD_SUPERVISOR_H_
#define FAAS_FAASD_SUPERVISOR_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/process/child.h"

namespace faas::faasd {

// A daemon to be run.
struct DaemonSpec {
  std::string name;
  std::vector<std::string> command;
  // Where it answers grpc.health.v1.
  std::string socket;
};

// Starts daemons, starts those again that end, and stops them in order. One
// thread.
class Supervisor {
 public:
  struct Options {
    // In the order of their start; stopped in `stop_order`.
    std::vector<DaemonSpec> daemons;
    std::vector<std::string> stop_order;
    // All must be healthy by then.
    absl::Duration ready_timeout;
    // A daemon that takes longer to stop is killed.
    absl::Duration stop_timeout;
    std::function<void()> on_ready;
  };

  Supervisor(event::EventLoop* loop, Options options);
  ~Supervisor();

  // Runs until Stop has stopped everything. The first daemon is started alone
  // and the others when it is healthy. If one ends before all are healthy the
  // rest is stopped: it has said why. OK after a Stop.
  absl::Status Run();

  // Stops the daemons one after the other, in order.
  void Stop();

 private:
  struct Daemon {
    DaemonSpec spec;
    process::Child child;
    event::EventLoop::Token watch = 0;
    event::EventLoop::Token timer = 0;  // to start it again, or to kill it
    absl::Time started;
    absl::Duration backoff;
    bool stopping = false;
  };

  absl::Status Start(Daemon& daemon);
  void StartOrFail(Daemon& daemon);
  void OnExit(Daemon& daemon);
  void StartAgain(Daemon& daemon);
  void CheckReady();
  void Fail(absl::Status status);
  void StopNext();

  event::EventLoop* const loop_;
  const Options options_;
  std::vector<std::unique_ptr<Daemon>> daemons_;
  size_t healthy_ = 0;  // so many of daemons_, in order, have been healthy
  size_t stopped_ = 0;  // so many of stop_order have been stopped
  event::EventLoop::Token ready_timer_ = 0;
  absl::Time ready_deadline_;
  bool stopping_ = false;
  absl::Status result_;
};

}  // namespace faas::faasd

#endif  // FAAS_FAASD_SUPERVISOR_H_
