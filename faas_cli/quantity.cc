#include "faas_cli/quantity.h"

#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"

namespace faas::cli {
namespace {

constexpr char kSizeForm[] =
    "a size such as 64Mi, 1Gi or 500000 (bytes), or 0 for the host's";
constexpr char kCpusForm[] = "processors such as 2 or 0.5, or 0 for the host's";

struct Unit {
  absl::string_view name;
  uint64_t bytes;
};
// The largest unit is first: SizeText takes the first that fits.
constexpr Unit kUnits[] = {{"Ti", uint64_t{1} << 40},
                           {"Gi", 1 << 30},
                           {"Mi", 1 << 20},
                           {"Ki", 1 << 10},
                           {"T", 1000000000000},
                           {"G", 1000000000},
                           {"M", 1000000},
                           {"k", 1000},
                           {"", 1}};
constexpr size_t kBinaryUnits = 4;

}  // namespace

absl::Status Misused(absl::string_view flag, const std::string& text,
                     absl::string_view form) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " \"", base::Printable(text), "\": must be ", form));
}

absl::StatusOr<uint32_t> ParseNumber(absl::string_view flag,
                                     const std::string& text,
                                     absl::string_view form) {
  uint32_t number;
  if (absl::SimpleAtoi(text, &number)) return number;
  return Misused(flag, text, form);
}

absl::StatusOr<uint64_t> ParseSize(absl::string_view flag,
                                   const std::string& text) {
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  uint64_t number;
  if (!absl::SimpleAtoi(text.substr(0, digits), &number)) {
    return Misused(flag, text, kSizeForm);
  }
  for (const Unit& unit : kUnits) {
    if (text.substr(digits) != unit.name) continue;
    if (number > std::numeric_limits<int64_t>::max() / unit.bytes) break;
    return number * unit.bytes;
  }
  return Misused(flag, text, kSizeForm);
}

absl::StatusOr<uint32_t> ParseCpus(absl::string_view flag,
                                   const std::string& text) {
  double cpus;
  if (!absl::SimpleAtod(text, &cpus) || !(cpus >= 0) || cpus > 1e6 ||
      (cpus > 0 && cpus < 0.001)) {
    return Misused(flag, text, kCpusForm);
  }
  return static_cast<uint32_t>(std::lround(cpus * 1000));
}

absl::StatusOr<absl::Duration> ParseTime(absl::string_view flag,
                                         const std::string& text) {
  absl::Duration parsed;
  if (absl::ParseDuration(text, &parsed) && parsed >= absl::ZeroDuration() &&
      parsed != absl::InfiniteDuration()) {
    return parsed;
  }
  return Misused(flag, text,
                 "a duration such as 500ms, 30s or 5m, or 0 for the host's");
}

std::string SizeText(uint64_t bytes) {
  for (size_t i = 0; i < kBinaryUnits; ++i) {
    if (bytes > 0 && bytes % kUnits[i].bytes == 0) {
      return absl::StrCat(bytes / kUnits[i].bytes, kUnits[i].name);
    }
  }
  return absl::StrCat(bytes, " bytes");
}

}  // namespace faas::cli
