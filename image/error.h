#ifndef FAAS_IMAGE_ERROR_H_
#define FAAS_IMAGE_ERROR_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::image {

// The reason why an image was not taken. Every error of this library carries
// one, except errors of the ByteSource, which are passed on as they are.
enum class ErrorCategory {
  kTruncated,    // The bytes end too early.
  kMalformed,    // It is not a tar, or the tar, gzip or zstd is broken.
  kManifest,     // manifest.json is absent, not JSON, or not a manifest.
  kDigest,       // Bytes are not what their digest says.
  kUnsafePath,   // A name leaves the root.
  kUnsafeLink,   // A link leaves the root, or leads nowhere.
  kUnsupported,  // It is legal, but not taken: devices, other platforms.
  kLimit,        // It is larger than one of Limits.
  kConfig,       // The image configuration does not say what to run.
  kStorage,      // The disk failed; the image may be good.
};

// Every error of an image begins with this.
inline constexpr absl::string_view kErrorPrefix = "Invalid Docker image: ";

// Returns INVALID_ARGUMENT, or RESOURCE_EXHAUSTED for kLimit, with the message
// `Invalid Docker image: <message>`. `message` is one line: it says what was
// wrong, where (names go through base::Printable) and, after "; ", what to do
// about it. A message that is longer than a person would read loses its middle.
absl::Status ImageError(ErrorCategory category, absl::string_view message);

// Returns `cause`, the error of a system call on our own disk, as kStorage:
// RESOURCE_EXHAUSTED for a full disk, INTERNAL for the rest. The message stays.
// OK stays OK.
absl::Status StorageError(const absl::Status& cause);

// Returns the StorageError of the system call that has just set errno. `what`
// names the call, `path` its operand.
absl::Status FailedCall(absl::string_view what, absl::string_view path);

// Returns `status`, which is not OK, with a category. It is for errors of
// another program that came over a connection; their code and message stay.
absl::Status WithCategory(absl::Status status, ErrorCategory category);

// Returns the category that `status` carries, if any.
std::optional<ErrorCategory> CategoryOf(const absl::Status& status);

// Returns a name for machines, e.g. ErrorInfo.reason: "TRUNCATED",
// "UNSAFE_PATH", ...
absl::string_view CategoryName(ErrorCategory category);

// Returns the category of that name, if there is one.
std::optional<ErrorCategory> CategoryNamed(absl::string_view name);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ERROR_H_
