// kernel-object-fill SECONDS makes objects that the kernel counts by user
// rather than by container, or does not count: inotify and epoll instances,
// pipes, timers, pending signals, messages between sockets, shared memory,
// locks.

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

// How many of each kind a process makes where nothing else bounds them.
constexpr int kMost = 1 << 17;
constexpr int kPipeBytes = 1 << 20;

void Repeat(long (*make)(), const Deadline& deadline) {
  for (int i = 0; i < kMost && !deadline.HasPassed(); ++i) {
    if (make() < 0) return;
  }
}

constexpr long (*kKinds[])() = {
    [] { return long{inotify_init1(0)}; },
    [] {
      // These are watches of a watch, and the kernel keeps one for each.
      const int outer = epoll_create1(0);
      const int inner = epoll_create1(0);
      epoll_event event = {};
      return inner < 0 ? -1L
                       : long{epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event)};
    },
    [] {
      int ends[2];
      if (pipe2(ends, O_NONBLOCK) != 0) return -1L;
      fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
      const std::string data(65536, 'x');
      while (write(ends[1], data.data(), data.size()) > 0) {
      }
      return 0L;
    },
    [] {
      timer_t timer;
      sigevent event = {};
      event.sigev_notify = SIGEV_NONE;
      return long{timer_create(CLOCK_MONOTONIC, &event, &timer)};
    },
    [] { return long{sigqueue(getpid(), SIGRTMIN + 1, {})}; },
    [] {
      int pair[2];
      if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return -1L;
      const std::string data(65536, 'x');
      while (send(pair[0], data.data(), data.size(), MSG_DONTWAIT) > 0) {
      }
      return 0L;
    },
    [] { return long{shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600)}; },
    [] { return long{semget(IPC_PRIVATE, 250, IPC_CREAT | 0600)}; },
    [] {
      const int fd = open("/tmp/locked", O_RDWR | O_CREAT, 0600);
      return fd < 0 ? -1L : long{flock(fd, LOCK_SH)};
    },
};

}  // namespace

void KernelObjectFill(Attempt* attempt) {
  const Deadline deadline(attempt->Argument(0));
  constexpr int kProcessesOfAKind = 20;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  for (const auto kind : kKinds) {
    for (int i = 0; i < kProcessesOfAKind; ++i) {
      if (fork() != 0) continue;
      Repeat(kind, deadline);
      while (!deadline.HasPassed()) SleepMilliseconds(50);
      _exit(0);
    }
  }
  while (!deadline.HasPassed()) SleepMilliseconds(50);
  attempt->Tell("filled", "yes");
}

}  // namespace faas::escape
