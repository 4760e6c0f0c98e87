#ifndef FAAS_COMMON_RPC_API_TOKEN_H_
#define FAAS_COMMON_RPC_API_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {

// The secret that calls over the control listener have to know, in a file of
// mode 0600 that is this user's.

// The token in `path`; one of 256 random bits is made, durably, if there is no
// such file. FAILED_PRECONDITION, saying what to do, if others own it or have
// any permission on it, or if it does not hold a token: 32 to 1024 printable
// characters without blanks. Two processes must not make the same at once.
absl::StatusOr<std::string> ReadOrMakeToken(const std::string& path);

// The token in `path`, for a client.
absl::StatusOr<std::string> ReadToken(const std::string& path);

// Whether they are equal, in a time that says nothing about `secret` but its
// length.
bool EqualInConstantTime(absl::string_view secret, absl::string_view guess);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_API_TOKEN_H_
