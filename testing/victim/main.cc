// victim MODE [N] is a handler for tests and benchmarks that does what its mode
// says, good or bad. These modes need no connection:
//
//   never-connect   sleeps and never opens /control.sock
//   exit-before [N] exits with code N (3) instead
//   garble          writes bytes that are no text to stderr, and exits
//   connect-only    connects to /control.sock, never receives, and sleeps
//   speak-first     takes the connection, sends "220 ready\n", and adds the
//                   first line that comes
//
// The others receive the client's connection first. `by-path` takes the mode
// from the request, "GET /big/1000 HTTP/1.1"; "/" is echo.
//
//   ok              sends a fixed answer
//   echo            sends the greeting and the request line
//   say TEXT        sends the text and a newline
//   exit-after [N]  exits with code N (1), without an answer
//   crash           dies of SIGSEGV, without an answer
//   hang            sleeps, without an answer
//   exit N          answers and exits with code N
//   gate            answers "waiting\n", waits for another byte of the client,
//                   and adds "released\n"
//   info            sends JSON of what it sees (info.h)
//   stderr-flood N  writes N bytes to stderr (8 MiB), then does as ok
//   stderr-lines N  writes N lines to stderr (3), then does as ok
//   daemonize       leaves a sleeping child with a session of its own, then
//                   does as ok
//   big N           sends an answer of N bytes
//   read PATH       sends the content of the file
//   write PATH N    writes N bytes to a new file
//   connect N       connects to port N of 127.0.0.1
//   reach N         does as ok; then tries to use the connection for one to
//                   port N of 127.0.0.1, and says the result on stderr

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "testing/victim/delivery.h"
#include "testing/victim/info.h"
#include "testing/victim/reach.h"

namespace faas::victim {
namespace {

struct Call {
  Delivery delivery;
  // The head of the request.
  std::string head;
  // The number after the mode, or -1.
  long number = -1;
  int argc = 0;
  char** argv = nullptr;

  long NumberOr(long fallback) const { return number < 0 ? fallback : number; }
};

[[noreturn]] void Sleep() {
  while (true) pause();
}

int Ok(const Call& call) {
  SendText(call.delivery.socket, "ok\n");
  return 0;
}

int Echo(const Call& call) {
  SendText(call.delivery.socket,
           "Hello from FaaS handler!\n\nRequest: " +
               call.head.substr(0, call.head.find("\r\n")) + "\n");
  return 0;
}

int Say(const Call& call) {
  SendText(call.delivery.socket,
           std::string(call.argc > 2 ? call.argv[2] : "") + "\n");
  return 0;
}

int ExitAfter(const Call& call) { return static_cast<int>(call.NumberOr(1)); }

int Crash(const Call&) {
  signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
  // The first process of a pid namespace ignores signals that it sends to
  // itself.
  __builtin_trap();
}

int Hang(const Call&) { Sleep(); }

int Exit(const Call& call) {
  Ok(call);
  return static_cast<int>(call.NumberOr(0));
}

int Gate(const Call& call) {
  const int socket = call.delivery.socket;
  SendAll(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwaiting\n");
  char byte;
  if (recv(socket, &byte, 1, 0) == 1) SendAll(socket, "released\n");
  return 0;
}

int Info(const Call& call) {
  SendText(call.delivery.socket, InfoJson(call.delivery, call.argc, call.argv));
  return 0;
}

int StderrFlood(const Call& call) {
  const std::string chunk(4096, 'e');
  for (long left = call.NumberOr(8 << 20); left > 0;) {
    const ssize_t size =
        write(2, chunk.data(), std::min<long>(left, chunk.size()));
    if (size < 0) break;
    left -= size;
  }
  return Ok(call);
}

int StderrLines(const Call& call) {
  for (long i = 1; i <= call.NumberOr(3); ++i) {
    fprintf(stderr, "[victim] line %ld\n", i);
  }
  return Ok(call);
}

int Daemonize(const Call& call) {
  if (fork() == 0) {
    setsid();
    // The child keeps the client's socket and its output open, as careless
    // handlers do.
    Sleep();
  }
  return Ok(call);
}

int Big(const Call& call) {
  long left = call.NumberOr(1 << 20);
  const int socket = call.delivery.socket;
  SendAll(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                      std::to_string(left) + "\r\n\r\n");
  const std::string chunk(65536, 'b');
  while (left > 0) {
    const size_t size = std::min<long>(left, chunk.size());
    if (!SendAll(socket, chunk.substr(0, size))) return 1;
    left -= size;
  }
  return 0;
}

int Read(const Call& call) {
  SendText(call.delivery.socket,
           call.argc > 2 ? ReadFileText(call.argv[2]) : "no PATH\n");
  return 0;
}

int Write(const Call& call) {
  SendText(call.delivery.socket,
           call.argc > 3 ? WriteFileText(call.argv[2], atol(call.argv[3]))
                         : "no PATH and N\n");
  return 0;
}

int Connect(const Call& call) {
  SendText(call.delivery.socket, ConnectText(call.NumberOr(80)));
  return 0;
}

// Disconnects the client's socket, then attempts to use it for another address.
template <typename Attempt>
void TryToReach(const Call& call, const char* name, Attempt attempt) {
  const sockaddr nowhere = {AF_UNSPEC, ""};
  connect(call.delivery.socket, &nowhere, sizeof(nowhere));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(call.NumberOr(80)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool reached = attempt(call.delivery.socket,
                               reinterpret_cast<const sockaddr*>(&address));
  fprintf(stderr, "[victim] %s: %s\n", name,
          reached ? "reached" : strerrorname_np(errno));
}

int Reach(const Call& call) {
  Ok(call);
  TryToReach(call, "connect", [](int socket, const sockaddr* address) {
    return connect(socket, address, sizeof(sockaddr_in)) == 0;
  });
  TryToReach(call, "fast open", [](int socket, const sockaddr* address) {
    return sendto(socket, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, address,
                  sizeof(sockaddr_in)) == 1;
  });
  return 0;
}

using Mode = int (*)(const Call&);

const std::map<std::string, Mode>& Modes() {
  static const auto* const modes = new std::map<std::string, Mode>{
      {"ok", Ok},
      {"echo", Echo},
      {"", Echo},
      {"say", Say},
      {"exit-after", ExitAfter},
      {"crash", Crash},
      {"hang", Hang},
      {"exit", Exit},
      {"gate", Gate},
      {"info", Info},
      {"stderr-flood", StderrFlood},
      {"stderr-lines", StderrLines},
      {"daemonize", Daemonize},
      {"big", Big},
      {"read", Read},
      {"write", Write},
      {"connect", Connect},
      {"reach", Reach},
  };
  return *modes;
}

// Returns the mode of a path, and sets the number: "GET /big/1000 HTTP/1.1" is
// "big" and 1000.
std::string ModeOfPath(Call* call) {
  const size_t begin = call->head.find('/');
  if (begin == std::string::npos) return "";
  std::string path =
      call->head.substr(begin + 1, call->head.find(' ', begin) - begin - 1);
  const size_t slash = path.find('/');
  if (slash == std::string::npos) return path;
  call->number = atol(path.c_str() + slash + 1);
  return path.substr(0, slash);
}

int Serve(std::string mode, Call call) {
  call.delivery = ReceiveDelivery();
  if (call.delivery.socket < 0) return 4;
  call.head = ReadHead(call.delivery.socket);
  if (mode == "by-path") mode = ModeOfPath(&call);
  const auto found = Modes().find(mode);
  if (found == Modes().end()) {
    fprintf(stderr, "victim: no mode \"%s\"\n", mode.c_str());
    return 5;
  }
  return found->second(call);
}

// Sends before a request has come, which an HTTP function must not do.
int SpeakFirst() {
  const Delivery delivery = ReceiveDelivery();
  if (delivery.socket < 0) return 4;
  SendAll(delivery.socket, "220 ready\n");
  char byte;
  while (recv(delivery.socket, &byte, 1, 0) == 1) {
    SendAll(delivery.socket, std::string(1, byte));
    if (byte == '\n') break;
  }
  return 0;
}

void ConnectOnly() {
  // ReceiveDelivery would take the message, so this uses a socket of its own.
  const int control = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr address = {AF_UNIX, "/control.sock"};
  if (connect(control, &address, sizeof(address)) != 0) perror("connect");
}

}  // namespace
}  // namespace faas::victim

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "by-path";
  faas::victim::Call call;
  if (argc > 2) call.number = atol(argv[2]);
  call.argc = argc;
  call.argv = argv;
  if (mode == "exit-before") return static_cast<int>(call.NumberOr(3));
  if (mode == "garble") {
    // This is not UTF-8, has an escape sequence of terminals, and is longer
    // than any log line.
    fputs("\xff\xfe\x1b[2J", stderr);
    for (int i = 0; i < 3000; ++i) fputs("\xe2\x9c\x93", stderr);
    return 3;
  }
  if (mode == "never-connect") faas::victim::Sleep();
  if (mode == "connect-only") {
    faas::victim::ConnectOnly();
    faas::victim::Sleep();
  }
  if (mode == "speak-first") return faas::victim::SpeakFirst();
  return faas::victim::Serve(mode, call);
}
