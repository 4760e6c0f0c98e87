#ifndef FAAS_RUNNERD_CONTAINER_CONTAINER_STATE_H_
#define FAAS_RUNNERD_CONTAINER_CONTAINER_STATE_H_

namespace faas::runnerd {

// A ContainerState holds the state of one container, and is the one place that
// says which state may follow which:
//
//   kNew ──▶ kSpawning ──▶ kStarting ──▶ kAwaiting ──▶ kRunning
//     │ │        │          ▲  │              │         ▲  │
//     │ └────────┼──────────┘  │              │         │  │
//     ├──────────┼─────────────┼──────────────┼─────────┘  │
//     ▼          ▼             ▼              ▼            ▼
//   kEnded ◀───────────────────────────────────────────────┘
//     │ ▲
//     ▼ │
//   kCleaning ──▶ kGone
//
// Not thread-safe.
class ContainerState {
 public:
  enum class State {
    // Nothing of the container exists, or a previous run of runnerd has left
    // it and nobody has looked at it yet.
    kNew,
    // The creator's thread makes the bundle and starts the runtime. Only that
    // thread may use them.
    kSpawning,
    // The runtime runs.
    kStarting,
    // The runtime has succeeded, but the container's process is not a child of
    // runnerd yet.
    kAwaiting,
    // runnerd waits for the end of the container's process.
    kRunning,
    // The process has ended, or never began. Its output is read to the end,
    // or the next attempt to remove the container is due.
    kEnded,
    // The cleaner's thread removes cgroups and bundle. Only that thread may
    // use the bundle.
    kCleaning,
    // Nothing is left. The container may be destroyed.
    kGone,
  };

  static bool IsLegal(State from, State to);

  State state() const { return state_; }

  // Aborts the process if the step is not legal: it would be a bug of
  // Container, and what it owns could not be trusted any more.
  void Enter(State state);

 private:
  State state_ = State::kNew;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_CONTAINER_STATE_H_
