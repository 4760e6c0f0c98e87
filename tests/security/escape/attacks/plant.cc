// plant TEXT leaves TEXT wherever another container might look for it, and
// keeps it there until the client says more. `search` looks for it.

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "testing/victim/delivery.h"
#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/planted.h"

namespace faas::escape {
namespace {

long Write(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return -1;
  return write(fd, text.data(), text.size());
}

long Share(const std::string& text) {
  const int id = shmget(kPlantedKey, 4096, IPC_CREAT | 0666);
  if (id < 0) return -1;
  void* const memory = shmat(id, nullptr, 0);
  if (memory == reinterpret_cast<void*>(-1)) return -1;
  memcpy(memory, text.c_str(), text.size() + 1);
  return 0;
}

}  // namespace

void Plant(Attempt* attempt) {
  const std::string text = attempt->Argument(0);
  attempt->Try("/tmp", [&] { return Write(kPlantedInTmp, text); });
  attempt->Try("/dev/shm", [&] { return Write(kPlantedInShm, text); });
  attempt->Try("shared memory", [&] { return Share(text); });
  if (attempt->connection() < 0) return;
  victim::SendAll(attempt->connection(), "planted\n");
  char byte;
  recv(attempt->connection(), &byte, 1, 0);
}

}  // namespace faas::escape
