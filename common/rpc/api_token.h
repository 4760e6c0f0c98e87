#ifndef FAAS_COMMON_RPC_API_TOKEN_H_
#define FAAS_COMMON_RPC_API_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {

// The API token is the secret that calls over the control listener have to
// know. It is in a file of mode 0600 that belongs to the daemon's user.

// Returns the token in `path`. If there is no such file, makes one of 256
// random bits durably. Returns FAILED_PRECONDITION, with a message that says
// what to do, if others own the file or have any permission on it, or if it
// does not contain a token: 32 to 1024 printable characters without blanks. Two
// processes must not make the same file at once.
absl::StatusOr<std::string> ReadOrMakeToken(const std::string& path);

// Returns the token in `path`, for a client. Makes no file.
absl::StatusOr<std::string> ReadToken(const std::string& path);

// Returns whether the two are equal, in a time that tells nothing about
// `secret` but its length.
bool EqualInConstantTime(absl::string_view secret, absl::string_view guess);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_API_TOKEN_H_
