#ifndef FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_
#define FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_

#include <cstddef>
#include <vector>

#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// Descriptors that are kept open for nothing, and given up for a moment when
// there are no others. One thread; another one may be quicker to take what was
// given up.
class ReserveDescriptors {
 public:
  explicit ReserveDescriptors(size_t count) : fds_(count) { Refill(); }

  void Release();
  // Opens those that are missing, as far as there are descriptors.
  void Refill();

 private:
  std::vector<base::UniqueFd> fds_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_
