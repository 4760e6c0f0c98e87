#include "runnerd/warm_pool/spares.h"

#include <algorithm>

namespace faas::runnerd {

SparePool* Spares::Find(const std::string& function) {
  const auto it = pools_.find(function);
  return it == pools_.end() ? nullptr : &it->second;
}

const std::string* Spares::Next(absl::Time now) const {
  size_t spares = 0, starting = 0;
  uint64_t memory_bytes = 0;
  for (const auto& [function, pool] : pools_) {
    spares += pool.size();
    starting += pool.starting();
    memory_bytes +=
        pool.memory_bytes() + pool.starting() * pool.expected_bytes();
  }
  if (spares >= limits_.max_spares || starting >= limits_.max_starting) {
    return nullptr;
  }
  const std::string* next = nullptr;
  double largest_lack = 0;
  for (const auto& [function, pool] : pools_) {
    const size_t missing = pool.Missing(now);
    if (missing == 0 ||
        memory_bytes + pool.expected_bytes() > limits_.max_memory_bytes) {
      continue;
    }
    const double lack =
        static_cast<double>(missing) / static_cast<double>(pool.Target(now));
    if (lack > largest_lack) {
      largest_lack = lack;
      next = &function;
    }
  }
  return next;
}

bool Spares::change_with_time() const {
  return std::any_of(pools_.begin(), pools_.end(), [](const auto& entry) {
    return entry.second.changes_with_time();
  });
}

}  // namespace faas::runnerd
