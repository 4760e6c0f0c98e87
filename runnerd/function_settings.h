#ifndef FAAS_RUNNERD_FUNCTION_SETTINGS_H_
#define FAAS_RUNNERD_FUNCTION_SETTINGS_H_

#include "faas/v1/function.pb.h"
#include "runnerd/admission/scheduler.h"
#include "runnerd/container/instance.h"
#include "runnerd/warm_pool/warm_pool.h"

namespace faas::runnerd {

// FunctionSettings say how runnerd serves the connections of a function: by the
// function's options, and by runnerd's flags where an option is not set.
struct FunctionSettings {
  // Whether a client that stays silent gets no container.
  bool client_speaks_first = true;
  Deadlines deadlines;
  Scheduler::FunctionLimits limits;
  WarmPool::Policy warm;

  // Returns a copy in which the options that are set replace these settings.
  FunctionSettings With(const v1::FunctionOptions& options) const;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_FUNCTION_SETTINGS_H_
