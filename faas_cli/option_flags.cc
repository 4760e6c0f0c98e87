#include "faas_cli/option_flags.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "faas_cli/quantity.h"
#include "function/capability.h"
#include "function/option_checks.h"
#include "function/option_table.h"
#include "function/option_value.h"

namespace faas::cli {
namespace {

using function::Option;
using function::OptionKind;

constexpr char kNumberForm[] = "a number, or 0 for the host's";

absl::StatusOr<std::string> SecretContent(const std::string& name,
                                          const std::string& path) {
  auto content = fs::ReadFile(path, function::kMaxSecretBytes);
  if (content.ok()) return content;
  return absl::Status(
      content.status().code(),
      absl::StrCat("--secret ", name, ": ", content.status().message()));
}

// Returns the names of the secrets and puts their content into `values`.
absl::StatusOr<std::vector<std::string>> ReadSecrets(
    const Option& option, const std::vector<std::string>& entries,
    SecretValues& values) {
  std::vector<std::string> names;
  for (const std::string& entry : entries) {
    const size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == entry.size()) {
      return Misused(option.flag(), entry, option.form);
    }
    RETURN_IF_ERROR(function::CheckSecretName(name));
    ASSIGN_OR_RETURN(values[name],
                     SecretContent(name, entry.substr(equals + 1)));
    names.push_back(name);
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> ParseCapabilityNames(
    const Option& option, const std::vector<std::string>& names) {
  std::vector<std::string> capabilities;
  for (const std::string& name : names) {
    const auto capability = function::CapabilityName(name);
    if (!capability.ok()) {
      return Misused(option.flag(), name,
                     "a capability such as SETUID; \"man 7 capabilities\" "
                     "lists them");
    }
    capabilities.push_back(*capability);
  }
  return capabilities;
}

absl::Status SetRepeated(const Option& option,
                         const std::vector<std::string>& entries,
                         OptionsChange& change) {
  std::vector<std::string> values = entries;
  if (option.kind == OptionKind::kSecrets) {
    ASSIGN_OR_RETURN(values, ReadSecrets(option, entries, change.secrets));
  } else if (option.kind == OptionKind::kCapabilities) {
    ASSIGN_OR_RETURN(values, ParseCapabilityNames(option, entries));
  }
  function::SetTexts(option, values, change.options);
  return absl::OkStatus();
}

absl::Status SetWarm(const Option& option, const std::string& text,
                     v1::FunctionOptions& options) {
  if (text == "auto") {
    options.mutable_warm()->set_automatic(true);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint32_t instances,
                   ParseNumber(option.flag(), text, "a number, or auto"));
  function::SetNumber(option, instances, options);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> ParseAmount(const Option& option,
                                     const std::string& text) {
  if (option.kind == OptionKind::kBytes) return ParseSize(option.flag(), text);
  if (option.kind == OptionKind::kCpus) return ParseCpus(option.flag(), text);
  return ParseNumber(option.flag(), text, kNumberForm);
}

absl::Status SetSingle(const Option& option, const std::string& text,
                       v1::FunctionOptions& options) {
  switch (option.kind) {
    case OptionKind::kChoice:
      if (function::SetChoice(option, text, options)) return absl::OkStatus();
      return Misused(option.flag(), text,
                     absl::StrJoin(function::ChoicesOf(option), " or "));
    case OptionKind::kWarm:
      return SetWarm(option, text, options);
    case OptionKind::kDuration: {
      ASSIGN_OR_RETURN(const absl::Duration duration,
                       ParseTime(option.flag(), text));
      function::SetDuration(option, duration, options);
      return absl::OkStatus();
    }
    case OptionKind::kText:
      function::SetTexts(option, {text}, options);
      return absl::OkStatus();
    default: {
      ASSIGN_OR_RETURN(const uint64_t amount, ParseAmount(option, text));
      function::SetNumber(option, amount, options);
      return absl::OkStatus();
    }
  }
}

absl::Status SetOption(const Option& option,
                       const std::vector<std::string>& texts,
                       OptionsChange& change) {
  change.mask.add_paths(option.path());
  if (option.kind == OptionKind::kWarm) {
    change.mask.add_paths("options.warm.automatic");
  }
  return option.repeated() ? SetRepeated(option, texts, change)
                           : SetSingle(option, texts.back(), change.options);
}

bool IsGiven(const Option& option, const std::vector<std::string>& texts) {
  return !texts.empty() && (option.repeated() || !texts.back().empty());
}

}  // namespace

absl::StatusOr<OptionsChange> ParseOptions(const OptionFlags& flags) {
  OptionsChange change;
  for (const Option& option : function::OptionTable()) {
    const auto given = flags.given.find(option.name);
    const auto removed = flags.removed.find(option.name);
    if (given != flags.given.end() && IsGiven(option, given->second)) {
      RETURN_IF_ERROR(SetOption(option, given->second, change));
    } else if (removed != flags.removed.end() && removed->second) {
      change.mask.add_paths(option.path());
    }
  }
  // JSON output would show a message that is set and empty.
  if (change.options.container().ByteSizeLong() == 0) {
    change.options.clear_container();
  }
  RETURN_IF_ERROR(function::CheckOptions(change.options));
  return change;
}

}  // namespace faas::cli
