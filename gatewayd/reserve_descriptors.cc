#include "gatewayd/reserve_descriptors.h"

#include <fcntl.h>

namespace faas::gatewayd {

void ReserveDescriptors::Release() {
  for (base::UniqueFd& fd : fds_) fd.reset();
}

void ReserveDescriptors::Refill() {
  for (base::UniqueFd& fd : fds_) {
    if (!fd.valid()) {
      fd = base::UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
  }
}

}  // namespace faas::gatewayd
