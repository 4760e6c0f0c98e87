#ifndef FAAS_TESTS_BENCHMARK_CONTESTANT_H_
#define FAAS_TESTS_BENCHMARK_CONTESTANT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"

namespace faas::benchmark {

// CPU time by who used it, e.g. "gatewayd".
using CpuTimes = std::map<std::string, absl::Duration>;

// Of those who start containers: the runtime and the containers themselves.
inline constexpr char kChildren[] = "children";

// A way from a client's connect to the end of the answer, running and ready.
class Contestant {
 public:
  virtual ~Contestant() = default;

  // E.g. "faasd".
  virtual const std::string& name() const = 0;
  // Where it answers GET / with status 200 and the end of the stream.
  virtual const std::string& address() const = 0;
  virtual uint16_t port() const = 0;

  // Whether nothing is left of the connections that were answered, and all
  // warm instances, if it has any, are ready.
  virtual bool Settled() const = 0;
  // Since the start.
  virtual CpuTimes CpuTimesSoFar() const = 0;
  // What it has printed, for when it fails.
  virtual std::string Log() const = 0;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CONTESTANT_H_
