#include "function/option_checks.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "function/capability.h"
#include "function/option_value.h"

namespace faas::function {
namespace {

absl::Status CheckRange(const Option& option, uint64_t value) {
  if (value == 0 || (value >= option.least && value <= option.most)) {
    return absl::OkStatus();
  }
  return InvalidOption(
      option, option.least == 0
                  ? absl::StrCat("is ", value, "; at most ", option.most)
                  : absl::StrCat("is ", value, "; from ", option.least, " to ",
                                 option.most, ", or 0 for the host's"));
}

absl::Status CheckWarm(const Option& option, const OptionValue& value) {
  RETURN_IF_ERROR(CheckRange(option, value.number()));
  if (!value.automatic() || value.number() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--warm (options.warm) is either a number or automatic, not both");
}

absl::Status CheckDuration(const Option& option, const OptionValue& value) {
  const absl::Duration least = absl::Milliseconds(option.least);
  const absl::Duration most = absl::Milliseconds(option.most);
  const google::protobuf::Duration stored = value.stored_duration();
  const bool normal = stored.seconds() >= 0 && stored.nanos() >= 0 &&
                      stored.nanos() < 1'000'000'000;
  const absl::Duration duration = value.duration();
  if (normal &&
      (duration == absl::ZeroDuration() ||
       (duration >= least && stored.seconds() <= most / absl::Seconds(1)))) {
    return absl::OkStatus();
  }
  return InvalidOption(
      option,
      absl::StrCat("must be from ", absl::FormatDuration(least), " to ",
                   absl::FormatDuration(most), ", or 0 for the host's"));
}

absl::Status CheckChoice(const Option& option, const OptionValue& value) {
  if (!value.choice().empty()) return absl::OkStatus();
  return InvalidOption(
      option,
      absl::StrCat("must be ", absl::StrJoin(ChoicesOf(option), " or ")));
}

absl::Status CheckCount(const Option& option,
                        const std::vector<std::string>& values) {
  if (option.most == 0 || values.size() <= option.most) return absl::OkStatus();
  return InvalidOption(
      option, absl::StrCat("is given more than ", option.most, " times"));
}

bool IsVariable(absl::string_view entry) {
  const size_t equals = entry.find('=');
  if (equals == 0 || equals == absl::string_view::npos) return false;
  for (const char c : entry.substr(0, equals)) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return !absl::ascii_isdigit(entry[0]) &&
         entry.find('\0') == absl::string_view::npos;
}

absl::Status CheckVariables(const Option& option,
                            const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    if (IsVariable(entry)) continue;
    // The message leaves out the value, which may be long or confidential.
    return InvalidOption(
        option,
        absl::StrCat("must be NAME=VALUE, with a name of letters, "
                     "digits and \"_\", not \"",
                     base::Printable(entry.substr(0, entry.find('='))), "\""));
  }
  return absl::OkStatus();
}

absl::Status CheckSecretNames(const Option& option,
                              const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    RETURN_IF_ERROR(CheckSecretName(name));
    if (seen.insert(name).second) continue;
    return InvalidOption(option, absl::StrCat("has \"", name, "\" twice"));
  }
  return absl::OkStatus();
}

absl::Status CheckCapabilities(const Option& option,
                               const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto known = CapabilityName(name);
    if (known.ok() && *known == name) continue;
    return InvalidOption(option, known.ok()
                                     ? absl::StrCat("must be written ", *known)
                                     : std::string(known.status().message()));
  }
  return absl::OkStatus();
}

absl::Status CheckTexts(const Option& option,
                        const std::vector<std::string>& texts) {
  RETURN_IF_ERROR(CheckCount(option, texts));
  switch (option.kind) {
    case OptionKind::kVariables:
      return CheckVariables(option, texts);
    case OptionKind::kSecrets:
      return CheckSecretNames(option, texts);
    case OptionKind::kCapabilities:
      return CheckCapabilities(option, texts);
    default:
      return absl::OkStatus();
  }
}

absl::Status CheckOption(const Option& option,
                         const v1::FunctionOptions& options) {
  const OptionValue value(option, options);
  switch (option.kind) {
    case OptionKind::kChoice:
      return CheckChoice(option, value);
    case OptionKind::kWarm:
      return CheckWarm(option, value);
    case OptionKind::kDuration:
      return CheckDuration(option, value);
    case OptionKind::kCount:
    case OptionKind::kBytes:
    case OptionKind::kCpus:
      return CheckRange(option, value.number());
    default:
      return CheckTexts(option, value.texts());
  }
}

}  // namespace

absl::Status InvalidOption(const Option& option, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(option.flag(), " (", option.path(), ") ", why));
}

absl::Status CheckSecretName(absl::string_view name) {
  bool valid =
      !name.empty() && name.size() <= kMaxSecretNameBytes && name[0] != '.';
  for (const char c : name) {
    valid =
        valid && (absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-');
  }
  if (valid) return absl::OkStatus();
  return InvalidOption(
      FindOption("secret"),
      absl::StrCat("must be NAME=FILE, with a name of letters, "
                   "digits, \".\", \"_\" and \"-\", at most ",
                   kMaxSecretNameBytes, ", not \"", base::Printable(name),
                   "\""));
}

absl::Status CheckOptions(const v1::FunctionOptions& options) {
  for (const Option& option : OptionTable()) {
    RETURN_IF_ERROR(CheckOption(option, options));
  }
  return absl::OkStatus();
}

absl::Status CheckContainerOptions(const v1::ContainerOptions& options) {
  v1::FunctionOptions all;
  *all.mutable_container() = options;
  return CheckOptions(all);
}

}  // namespace faas::function
