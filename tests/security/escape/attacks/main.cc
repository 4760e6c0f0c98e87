// attack serve | attack run NAME [ARGUMENT...] | attack flood-control
//
//   serve          a function's handler: takes the connection, and the attack
//                  from the request, "GET /NAME?ARGUMENT?ARGUMENT HTTP/1.1".
//                  The report is the answer, and goes to standard output too:
//                  some attacks ruin the connection.
//   run            without a platform: the client's connection, or the one to
//                  /control.sock, where an attack needs it, is standard input;
//                  the report is standard output.
//   flood-control  a handler that fills the control socket before it receives

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "testing/victim/delivery.h"
#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/control_flood.h"

namespace faas::escape {
namespace {

using Attack = void (*)(Attempt*);

const std::map<std::string, Attack>& Attacks() {
  static const auto* const attacks = new std::map<std::string, Attack>{
      {"control-socket", ControlSocket},
      {"cpu-spin", CpuSpin},
      {"daemons", Daemons},
      {"descriptor-fill", DescriptorFill},
      {"descriptors", Descriptors},
      {"devices", Devices},
      {"disk-fill", DiskFill},
      {"foreign-abi", ForeignAbi},
      {"fork-bomb", ForkBomb},
      {"handles", Handles},
      {"host-files", HostFiles},
      {"host-proc", HostProc},
      {"identity", Identity},
      {"kernel-files", KernelFiles},
      {"kernel-object-fill", KernelObjectFill},
      {"keys", Keys},
      {"machine", Machine},
      {"memory", Memory},
      {"memory-bomb", MemoryBomb},
      {"namespaces", Namespaces},
      {"neighbour", Neighbour},
      {"observers", Observers},
      {"output-flood", OutputFlood},
      {"own-sockets", OwnSockets},
      {"passed-socket", PassedSocket},
      {"peer", Peer},
      {"plant", Plant},
      {"privileges", Privileges},
      {"processes", Processes},
      {"root-files", RootFiles},
      {"search", Search},
      {"tmpfs", Tmpfs},
  };
  return *attacks;
}

int Run(Attempt* attempt, const std::string& name) {
  const auto found = Attacks().find(name);
  if (found == Attacks().end()) {
    fprintf(stderr, "attack: there is no \"%s\"\n", name.c_str());
    return 2;
  }
  found->second(attempt);
  fputs(attempt->Report().c_str(), stdout);
  return fflush(stdout) == 0 ? 0 : 1;
}

// "GET /a?b?c HTTP/1.1" becomes {"a", "b", "c"}, as arguments may be paths.
std::vector<std::string> WordsOf(const std::string& head) {
  const size_t begin = head.find('/');
  if (begin == std::string::npos) return {""};
  const std::string path =
      head.substr(begin + 1, head.find(' ', begin) - begin - 1);
  std::vector<std::string> words;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('?', start), path.size());
    words.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

int Serve(int control) {
  const victim::Delivery delivery = victim::ReceiveFrom(control);
  if (delivery.socket < 0) return 4;
  std::vector<std::string> words = WordsOf(victim::ReadHead(delivery.socket));
  const std::string name = words[0];
  words.erase(words.begin());
  Attempt attempt(name, words, delivery.socket, control);
  const int exit_code = Run(&attempt, name);
  victim::SendText(delivery.socket, attempt.Report());
  close(delivery.socket);
  return exit_code;
}

// Returns -1 if it is no socket.
int DomainOf(int fd) {
  int domain = -1;
  socklen_t size = sizeof(domain);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain;
}

}  // namespace
}  // namespace faas::escape

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "serve") {
    return faas::escape::Serve(faas::victim::ConnectControl());
  }
  if (words.size() == 1 && words[0] == "flood-control") {
    const int control = faas::victim::ConnectControl();
    printf("flood: descriptors = %d\n", faas::escape::FloodControl(control));
    return faas::escape::Serve(control);
  }
  if (words.size() >= 2 && words[0] == "run") {
    faas::escape::Attempt attempt(
        words[1], {words.begin() + 2, words.end()},
        faas::escape::DomainOf(0) == AF_INET ? 0 : -1,
        faas::escape::DomainOf(0) == AF_UNIX ? 0 : -1);
    return faas::escape::Run(&attempt, words[1]);
  }
  fputs("attack serve | run NAME [ARGUMENT...] | flood-control\n", stderr);
  return 2;
}
