#ifndef FAAS_COMMON_PROCESS_INSTANCE_LOCK_H_
#define FAAS_COMMON_PROCESS_INSTANCE_LOCK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"

namespace faas::process {

// Makes sure that only one instance of `daemon` uses `directory`, its run or
// its state directory. It holds an flock on <directory>/<daemon>.lock as long
// as the returned descriptor is open; the kernel releases it however the
// process ends. Returns ALREADY_EXISTS if another instance still has the lock
// after `patience`.
absl::StatusOr<base::UniqueFd> LockInstance(const std::string& directory,
                                            absl::string_view daemon,
                                            absl::Duration patience);

}  // namespace faas::process

#endif  // FAAS_COMMON_PROCESS_INSTANCE_LOCK_H_
