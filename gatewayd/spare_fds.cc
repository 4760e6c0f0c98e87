#include "gatewayd/spare_fds.h"

#include <fcntl.h>

namespace faas::gatewayd {

void SpareFds::GiveUp() {
  for (base::UniqueFd& fd : fds_) fd.reset();
}

void SpareFds::Refill() {
  for (base::UniqueFd& fd : fds_) {
    if (!fd.valid()) {
      fd = base::UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
  }
}

}  // namespace faas::gatewayd
