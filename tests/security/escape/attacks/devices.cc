// devices opens nodes that lead to the host's hardware or its kernel.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr const char* kNodes[] = {
    "/dev/mem",          "/dev/kmem",  "/dev/kmsg",        "/dev/port",
    "/dev/fuse",         "/dev/kvm",   "/dev/sda",         "/dev/loop0",
    "/dev/net/tun",      "/dev/vsock", "/dev/userfaultfd", "/dev/console",
    "/dev/loop-control",
};

long MakeNode(const std::string& path, mode_t type, dev_t device) {
  const int made = mknod(path.c_str(), type | 0666, device);
  if (made == 0) unlink(path.c_str());
  return made;
}

}  // namespace

void Devices(Attempt* attempt) {
  std::string nodes;
  for (const std::string& name : Entries("/dev")) nodes += name + " ";
  attempt->Tell("nodes", nodes);
  for (const char* node : kNodes) {
    attempt->Try(node, [node] {
      return open(node, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    });
  }
  for (const char* directory : {"/tmp", "/dev", "/dev/shm"}) {
    const std::string path = std::string(directory) + "/escape-node";
    attempt->Try("mknod null in " + std::string(directory),
                 [&path] { return MakeNode(path, S_IFCHR, makedev(1, 3)); });
    attempt->Try("mknod mem in " + std::string(directory),
                 [&path] { return MakeNode(path, S_IFCHR, makedev(1, 1)); });
    attempt->Try("mknod disk in " + std::string(directory),
                 [&path] { return MakeNode(path, S_IFBLK, makedev(7, 0)); });
  }
}

}  // namespace faas::escape
