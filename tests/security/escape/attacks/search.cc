// search TEXT VARIABLE looks for what `plant TEXT` has left in another
// container, whose environment has VARIABLE and which has TEXT as a secret.

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/planted.h"

namespace faas::escape {
namespace {

long Found(bool found) {
  if (found) return 0;
  errno = ENOENT;
  return -1;
}

// Returns all processes that can be seen except this one's own.
bool InAnEnvironment(const std::string& variable) {
  for (const std::string& pid : Entries("/proc")) {
    if (!isdigit(pid[0]) || pid == std::to_string(getpid())) continue;
    if (Content("/proc/" + pid + "/environ").find(variable) !=
        std::string::npos) {
      return true;
    }
  }
  return false;
}

bool InARoot(const std::string& text) {
  for (const std::string& pid : Entries("/proc")) {
    if (!isdigit(pid[0])) continue;
    if (Content("/proc/" + pid + "/root" + kPlantedInTmp) == text) return true;
  }
  return false;
}

// Returns one of the processes in sight, which may be this one's own.
bool ASecret(const std::string& text) {
  if (Content(kPlantedSecret) == text) return true;
  for (const std::string& pid : Entries("/proc")) {
    if (!isdigit(pid[0])) continue;
    if (Content("/proc/" + pid + "/root" + kPlantedSecret) == text) return true;
  }
  return false;
}

long AttachShared(const std::string& text) {
  const int id = shmget(kPlantedKey, 0, 0);
  if (id < 0) return -1;
  const void* const memory = shmat(id, nullptr, SHM_RDONLY);
  if (memory == reinterpret_cast<void*>(-1)) return -1;
  return Found(static_cast<const char*>(memory) == text);
}

}  // namespace

void Search(Attempt* attempt) {
  const std::string text = attempt->Argument(0);
  const std::string variable = attempt->Argument(1);
  attempt->Try("/tmp", [&] { return Found(Content(kPlantedInTmp) == text); });
  attempt->Try("/dev/shm",
               [&] { return Found(Content(kPlantedInShm) == text); });
  attempt->Try("shared memory", [&] { return AttachShared(text); });
  attempt->Try("a root", [&] { return Found(InARoot(text)); });
  attempt->Try("a secret", [&] { return Found(ASecret(text)); });
  attempt->Try("an environment",
               [&] { return Found(InAnEnvironment(variable)); });
}

}  // namespace faas::escape
