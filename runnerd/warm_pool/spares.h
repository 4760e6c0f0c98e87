#ifndef FAAS_RUNNERD_WARM_POOL_SPARES_H_
#define FAAS_RUNNERD_WARM_POOL_SPARES_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "runnerd/warm_pool/spare_pool.h"

namespace faas::runnerd {

// The pools of all functions, and what the host has for them together.
class Spares {
 public:
  struct Limits {
    size_t max_spares = 0;
    // What they may take when they wait.
    uint64_t max_memory_bytes = 0;
    // In the making at once.
    size_t max_starting = 0;
  };

  explicit Spares(const Limits& limits) : limits_(limits) {}

  // Made if it is not there.
  SparePool& Of(const std::string& function) { return pools_[function]; }
  // Null if it is not there.
  SparePool* Find(const std::string& function);
  // Its spares must have been taken out.
  void Forget(const std::string& function) { pools_.erase(function); }

  // The function that is to have the next spare: the one that lacks most of
  // its own, in proportion. Null if none lacks any, or none may be started now.
  const std::string* Next(absl::Time now) const;

  // For all functions: their name and their pool.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (auto& [function, pool] : pools_) visit(function, pool);
  }

  // Whether time alone may change something.
  bool change_with_time() const;

 private:
  const Limits limits_;
  std::map<std::string, SparePool> pools_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_WARM_POOL_SPARES_H_
