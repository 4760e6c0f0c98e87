#include "tests/benchmark/reference/floor.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/ipc/unix_socket.h"
#include "tests/benchmark/reference/reference_listener.h"

namespace faas::benchmark {
namespace {

constexpr size_t kMessageBytes = 1024;
constexpr char kAnswer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    "Content-Length: 3\r\n\r\nok\n";

void Answer(int connection) {
  std::string head;
  char buffer[4096];
  while (!absl::StrContains(head, "\r\n\r\n")) {
    const ssize_t size = recv(connection, buffer, sizeof(buffer), 0);
    if (size <= 0) return;
    head.append(buffer, size);
  }
  send(connection, kAnswer, sizeof(kAnswer) - 1, MSG_NOSIGNAL);
}

// Receives connections and answers them, one after the other, as a handler
// would.
[[noreturn]] void AnswerAll(int control) {
  while (true) {
    pollfd readable = {.fd = control, .events = POLLIN};
    poll(&readable, 1, -1);
    const auto received = ipc::Receive(control, kMessageBytes);
    if (absl::IsUnavailable(received.status())) continue;
    if (!received.ok() || received->fds.size() != 1) std::_Exit(1);
    Answer(received->fds[0].get());
  }
}

}  // namespace

absl::Status ServeFloor(uint16_t port) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::ErrnoStatus("socketpair");
  }
  const base::UniqueFd ours(ends[0]);
  base::UniqueFd theirs(ends[1]);
  const pid_t child = fork();
  if (child < 0) return base::ErrnoStatus("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    AnswerAll(theirs.get());
  }
  theirs.reset();
  ASSIGN_OR_RETURN(const base::UniqueFd listener, Listen(port));
  SayReady();
  while (true) {
    ASSIGN_OR_RETURN(const base::UniqueFd client, Accept(listener.get()));
    RETURN_IF_ERROR(ipc::Send(ours.get(), "{}\n", client.get()));
  }
}

}  // namespace faas::benchmark
