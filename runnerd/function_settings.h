#ifndef FAAS_RUNNERD_FUNCTION_SETTINGS_H_
#define FAAS_RUNNERD_FUNCTION_SETTINGS_H_

#include "faas/v1/function.pb.h"
#include "runnerd/admission/scheduler.h"
#include "runnerd/container/instance.h"
#include "runnerd/warm_pool/warm_pool.h"

namespace faas::runnerd {

// How the connections of a function are served: its options, and where it has
// none, the host's flags.
struct FunctionSettings {
  // A client that sends nothing wants nothing.
  bool client_speaks_first = true;
  Deadlines deadlines;
  Scheduler::FunctionLimits limits;
  WarmPool::Policy warm;

  // These, with what `options` set.
  FunctionSettings With(const v1::FunctionOptions& options) const;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_FUNCTION_SETTINGS_H_
