#ifndef FAAS_IMAGE_ERROR_H_
#define FAAS_IMAGE_ERROR_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// Why an image was not taken. Every error of this library carries one, apart
// from errors of the ByteSource, which are passed on as they are.
enum class ErrorCategory {
  kTruncated,    // the bytes end too early
  kMalformed,    // not a tar, or a broken one; broken gzip or zstd
  kManifest,     // manifest.json is absent, not JSON, or not a manifest
  kDigest,       // bytes that are not what their digest says
  kUnsafePath,   // a name that leaves the root
  kUnsafeLink,   // a link that leaves the root, or leads nowhere
  kUnsupported,  // legal, but not taken: device nodes, other platforms
  kLimit,        // larger than one of Limits
  kConfig,       // the image configuration does not say what to run
  kStorage,      // the disk, not the image
};

// What every error of an image begins with.
inline constexpr absl::string_view kErrorPrefix = "Invalid Docker image: ";

// INVALID_ARGUMENT, or RESOURCE_EXHAUSTED for kLimit, with the message
// `Invalid Docker image: <message>`. `message` is one line: what was wrong,
// where (names through base::Printable) and, after "; ", what to do about it.
// Of what is longer than a person would read, the middle is left out.
absl::Status ImageError(ErrorCategory category, absl::string_view message);

// The error of a system call on our own disk as kStorage: RESOURCE_EXHAUSTED
// for a full disk, INTERNAL for the rest. `cause` keeps its message; if it is
// OK, so is the result.
absl::Status StorageError(const absl::Status& cause);

// StorageError for the system call that has just set errno. `what` names the
// call, `path` its operand.
absl::Status FailedCall(absl::string_view what, absl::string_view path);

// An error of a category with another program's code and message; for an error
// that came over a connection. `status` is not OK.
absl::Status WithCategory(absl::Status status, ErrorCategory category);

// The category that `status` carries, if any.
std::optional<ErrorCategory> CategoryOf(const absl::Status& status);

// "TRUNCATED", "UNSAFE_PATH", ...: for machines, e.g. ErrorInfo.reason.
absl::string_view CategoryName(ErrorCategory category);

// The category of that name, if it is one.
std::optional<ErrorCategory> CategoryNamed(absl::string_view name);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ERROR_H_
