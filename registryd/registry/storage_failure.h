#ifndef FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_
#define FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_

#include "absl/status/status.h"

namespace faas::registryd {

// The error of a system call on our own disk as the API reports it: reason and
// category STORAGE, RESOURCE_EXHAUSTED for a full disk, INTERNAL for the rest.
// If `cause` is OK, so is the result.
absl::Status StorageFailure(const absl::Status& cause);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_STORAGE_FAILURE_H_
