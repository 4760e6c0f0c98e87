#include "function/function_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/rpc/status.h"

namespace faas::function {
namespace {

constexpr size_t kMaxNameBytes = 63;
constexpr size_t kShownBytes = 80;

bool IsNameCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
}

}  // namespace

absl::Status CheckFunctionName(absl::string_view name) {
  const bool valid = !name.empty() && name.size() <= kMaxNameBytes &&
                     std::all_of(name.begin(), name.end(), IsNameCharacter) &&
                     name.front() != '-' && name.back() != '-';
  if (valid) return absl::OkStatus();
  return rpc::WithReason(
      absl::InvalidArgumentError(absl::StrCat(
          "\"", base::Printable(name.substr(0, kShownBytes)),
          "\" is not a function name: use 1 to 63 lower-case letters, digits "
          "and hyphens, with no hyphen at either end")),
      "INVALID_NAME");
}

}  // namespace faas::function
