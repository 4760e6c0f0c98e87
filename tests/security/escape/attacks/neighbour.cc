// neighbour does what any function may do, in a small way. All of its steps are
// OK, whatever others do.

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

long WriteFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  const std::string megabyte(1 << 20, 'n');
  return fd < 0 ? -1 : write(fd, megabyte.data(), megabyte.size());
}

// A pipe holds a message of PIPE_BUF bytes, as POSIX promises. The kernel gives
// a user only so much more, and all containers' users are one to it.
long MakePipe() {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  const std::string message(PIPE_BUF, 'n');
  return write(ends[1], message.data(), message.size());
}

long UseMemory() {
  constexpr size_t kBytes = 8 << 20;
  void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return -1;
  memset(memory, 1, kBytes);
  return 0;
}

long QueueSignal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return sigqueue(getpid(), SIGRTMIN + 1, {});
}

}  // namespace

void Neighbour(Attempt* attempt) {
  attempt->Try("process", [] { return 0; });
  attempt->Try("memory", UseMemory);
  attempt->Try("/tmp", [] { return WriteFile("/tmp/file"); });
  attempt->Try("/dev/shm", [] { return WriteFile("/dev/shm/file"); });
  attempt->Try("pipe", MakePipe);
  attempt->Try("epoll", [] { return epoll_create1(0); });
  attempt->Try("eventfd", [] { return eventfd(0, 0); });
  attempt->Try("timerfd", [] { return timerfd_create(CLOCK_MONOTONIC, 0); });
  attempt->Try("timer", [] {
    timer_t timer;
    sigevent event = {};
    event.sigev_notify = SIGEV_NONE;
    return timer_create(CLOCK_MONOTONIC, &event, &timer);
  });
  attempt->Try("queued signal", QueueSignal);
  attempt->Try("socketpair", [] {
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  });
  attempt->Try("shared memory",
               [] { return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600); });
}

}  // namespace faas::escape
