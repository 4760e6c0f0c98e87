#ifndef FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_
#define FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_

#include "absl/status/status.h"

namespace faas::registryd {

// Returns the error of a system call on our own disk as the API reports it:
// with reason and category STORAGE, as RESOURCE_EXHAUSTED for a full disk and
// as INTERNAL otherwise. Returns OK if `cause` is OK.
absl::Status StorageFailure(const absl::Status& cause);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_
