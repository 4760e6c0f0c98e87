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

// A DaemonSpec says how a daemon is run.
struct DaemonSpec {
  std::string name;
  // The program and its arguments.
  std::vector<std::string> command;
  // The unix socket on which it serves grpc.health.v1.
  std::string socket;
};

// A Supervisor starts daemons, restarts those that end, and stops them in
// order. All methods belong to one thread, which is the event loop's while Run
// runs.
class Supervisor {
 public:
  struct Options {
    // The daemons, in the order in which they are started.
    std::vector<DaemonSpec> daemons;
    // Their names, in the order in which they are stopped.
    std::vector<std::string> stop_order;
    // How long it may take until all daemons are healthy.
    absl::Duration ready_timeout;
    // How long a daemon may take to stop before it is killed.
    absl::Duration stop_timeout;
    // Is called once, when all daemons are healthy.
    std::function<void()> on_ready;
  };

  Supervisor(event::EventLoop* loop, Options options);
  ~Supervisor();

  // Starts the first daemon, then, when that is healthy, the others, and runs
  // the loop until all have been stopped. Returns OK after Stop. If the daemons
  // do not all become healthy, stops those that run and returns an error:
  // UNAVAILABLE if one has ended (it has printed why), DEADLINE_EXCEEDED after
  // `ready_timeout`.
  absl::Status Run();

  // Stops the daemons one after the other, in order. Run returns when all have
  // ended.
  void Stop();

 private:
  struct Daemon {
    DaemonSpec spec;
    process::Child child;
    event::EventLoop::Token watch = 0;
    event::EventLoop::Token timer = 0;  // Restarts the daemon, or kills it.
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
  size_t healthy_ = 0;  // How many of daemons_, in order, have become healthy.
  size_t stopped_ = 0;  // How many of stop_order have been told to stop.
  event::EventLoop::Token ready_timer_ = 0;
  absl::Time ready_deadline_;
  bool stopping_ = false;
  absl::Status result_;
};

}  // namespace faas::faasd

#endif  // FAAS_FAASD_SUPERVISOR_H_
