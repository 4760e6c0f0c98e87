#ifndef FAAS_RUNNERD_FUNCTION_SETTINGS_H_
#define FAAS_RUNNERD_FUNCTION_SETTINGS_H_

#include "faas/v1/function.pb.h"
#include "runnerd/admission/scheduler.h"
#include "runnerd/container/instance.h"
#include "runnerd/warm_pool/warm_pool.h"

namespace faas::runnerd {

// FunctionSettings say how the connections of a function are served. They are
// the function's options, and the host's flags where it has none.
struct FunctionSettings {
  // A client that ends its side without having sent anything has gone.
  bool client_speaks_first = true;
  Deadlines deadlines;
  Scheduler::FunctionLimits limits;
  WarmPool::Policy warm;

  // Returns these settings with those that `options` set.
  FunctionSettings With(const v1::FunctionOptions& options) const;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_FUNCTION_SETTINGS_H_
