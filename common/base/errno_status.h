#ifndef FAAS_COMMON_BASE_ERRNO_STATUS_H_
#define FAAS_COMMON_BASE_ERRNO_STATUS_H_

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::base {

// Returns the error of a failed system call: the canonical code that fits
// `error`, and the message `<what>: ENOENT: no such file or directory`. `what`
// names the attempt with its operands, quoted: `open "/x"`.
absl::Status ErrnoStatus(absl::string_view what, int error);

// Does the same for the current errno. Call it before anything else can change
// errno.
inline absl::Status ErrnoStatus(absl::string_view what) {
  return ErrnoStatus(what, errno);
}

// Returns `status` with `<context>: ` before its message. The code and the
// payloads stay.
absl::Status WithContext(const absl::Status& status, absl::string_view context);

}  // namespace faas::base

#endif  // FAAS_COMMON_BASE_ERRNO_STATUS_H_
