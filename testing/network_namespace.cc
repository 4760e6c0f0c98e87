#include "testing/network_namespace.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "common/base/errno_status.h"
#include "common/base/unique_fd.h"

namespace faas::testing {
namespace {

// Children inherit it by fork. Tests do not need more.
bool in_network_namespace = false;

absl::Status BringUp(const char* interface) {
  base::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = {};
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) {
    return base::ErrnoStatus("get the flags of lo");
  }
  request.ifr_flags |= IFF_UP;
  if (ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) {
    return base::ErrnoStatus("bring lo up");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EnterNetworkNamespace() {
  if (unshare(CLONE_NEWNET) != 0) return base::ErrnoStatus("unshare network");
  in_network_namespace = true;
  return BringUp("lo");
}

bool InNetworkNamespace() { return in_network_namespace; }

}  // namespace faas::testing
