#ifndef FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_
#define FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_

#include <cstddef>
#include <vector>

#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// A ReserveDescriptors keeps descriptors open so that they can be released, for
// a moment, when the process has no others left. Only one thread may use it;
// another thread of the process may be quicker to take what was released.
class ReserveDescriptors {
 public:
  explicit ReserveDescriptors(size_t count) : fds_(count) { Refill(); }

  // Closes the descriptors, so that the next system calls can have them.
  void Release();

  // Opens those that are missing, as far as descriptors are free.
  void Refill();

 private:
  std::vector<base::UniqueFd> fds_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_RESERVE_DESCRIPTORS_H_
