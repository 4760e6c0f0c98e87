#ifndef FAAS_RUNNERD_FUNCTION_TABLE_H_
#define FAAS_RUNNERD_FUNCTION_TABLE_H_

#include <string>

#include "absl/container/node_hash_map.h"
#include "absl/types/optional.h"
#include "faas/v1/function.pb.h"
#include "function/function_watch.h"
#include "runnerd/admission/admission.h"
#include "runnerd/admission/passed_connection.h"
#include "runnerd/function_settings.h"
#include "runnerd/revision/revision.h"
#include "runnerd/warm_pool/warm_pool.h"

namespace faas::runnerd {

// A FunctionTable owns the settings of all functions, and passes them on to
// Admission and WarmPool. Runs on the loop's thread.
class FunctionTable {
 public:
  // `defaults` are the settings of functions that have no options. The pointers
  // must outlive this object.
  FunctionTable(const FunctionSettings& defaults, Admission* admission,
                WarmPool* warm_pool)
      : defaults_(defaults), admission_(*admission), warm_pool_(*warm_pool) {}

  // Makes the functions and their settings those of `state`.
  void Apply(const function::FunctionState& state);

  // Returns the settings of the revision's function. If Apply has not told of
  // the function yet, takes the settings from the revision: gatewayd may have
  // heard of the function before.
  const FunctionSettings& Of(const Revision& revision);

 private:
  const FunctionSettings& Set(const v1::Function& function,
                              const absl::optional<Endpoint>& endpoint);
  void ForgetOthers(const function::FunctionState& state);

  const FunctionSettings defaults_;
  Admission& admission_;
  WarmPool& warm_pool_;
  absl::node_hash_map<std::string, FunctionSettings> settings_;  // by name
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_FUNCTION_TABLE_H_
