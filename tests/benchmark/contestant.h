#ifndef FAAS_TESTS_BENCHMARK_CONTESTANT_H_
#define FAAS_TESTS_BENCHMARK_CONTESTANT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"

namespace faas::benchmark {

// CPU time by the program that used it, such as "gatewayd".
using CpuTimes = std::map<std::string, absl::Duration>;

// The key in CpuTimes for what a program has started: the runtime and the
// containers.
inline constexpr char kChildren[] = "children";

// A Contestant is a server that is measured, such as faasd or the harness. It
// is running and answers connections.
class Contestant {
 public:
  virtual ~Contestant() = default;

  // The name in tables, such as "faasd".
  virtual const std::string& name() const = 0;
  // The address and port at which it answers GET / with status 200 and then
  // closes the connection.
  virtual const std::string& address() const = 0;
  virtual uint16_t port() const = 0;

  // Returns whether nothing is left of the connections that were answered and
  // all warm instances, if there are to be any, are ready.
  virtual bool Settled() const = 0;
  // Returns the CPU time that was used since the start.
  virtual CpuTimes CpuTimesSoFar() const = 0;
  // Returns what it has printed, for the message when it fails.
  virtual std::string Log() const = 0;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CONTESTANT_H_
