#ifndef FAAS_FAAS_CLI_QUANTITY_H_
#define FAAS_FAAS_CLI_QUANTITY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace faas::cli {

// Amounts as people write them. INVALID_ARGUMENT, with `flag` and the form, for
// others; zero stands for the host's.

// "64Mi": bytes, or with Ki, Mi, Gi or Ti as many times 1024; k, M, G and T are
// thousands.
absl::StatusOr<uint64_t> ParseSize(absl::string_view flag,
                                   const std::string& text);

// "0.5": thousandths of a processor.
absl::StatusOr<uint32_t> ParseCpus(absl::string_view flag,
                                   const std::string& text);

// "30s", "500ms", "1h30m".
absl::StatusOr<absl::Duration> ParseTime(absl::string_view flag,
                                         const std::string& text);

// A number; `form` says which, for the error.
absl::StatusOr<uint32_t> ParseNumber(absl::string_view flag,
                                     const std::string& text,
                                     absl::string_view form);

// The error: `flag "text": must be form`.
absl::Status Misused(absl::string_view flag, const std::string& text,
                     absl::string_view form);

// "64Mi" where that says all; otherwise "1000 bytes".
std::string SizeText(uint64_t bytes);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_QUANTITY_H_
