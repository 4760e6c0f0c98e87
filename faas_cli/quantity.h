#ifndef FAAS_FAAS_CLI_QUANTITY_H_
#define FAAS_FAAS_CLI_QUANTITY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace faas::cli {

// These functions parse amounts as people write them. They return
// INVALID_ARGUMENT, with `flag` and the form, for any other text.

// Parses a size such as "64Mi" and returns bytes. The units Ki, Mi, Gi and Ti
// are powers of 1024; k, M, G and T are powers of 1000.
absl::StatusOr<uint64_t> ParseSize(absl::string_view flag,
                                   const std::string& text);

// Parses a number of processors such as "0.5" and returns thousandths.
absl::StatusOr<uint32_t> ParseCpus(absl::string_view flag,
                                   const std::string& text);

// Parses a duration such as "30s", "500ms" or "1h30m".
absl::StatusOr<absl::Duration> ParseTime(absl::string_view flag,
                                         const std::string& text);

// Parses a number. `form` says in the error what is wanted.
absl::StatusOr<uint32_t> ParseNumber(absl::string_view flag,
                                     const std::string& text,
                                     absl::string_view form);

// Returns the error INVALID_ARGUMENT: `flag "text": must be form`.
absl::Status Misused(absl::string_view flag, const std::string& text,
                     absl::string_view form);

// Returns "64Mi" for a multiple of a unit, and otherwise "1000 bytes".
std::string SizeText(uint64_t bytes);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_QUANTITY_H_
