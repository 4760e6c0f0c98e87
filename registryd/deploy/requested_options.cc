#include "registryd/deploy/requested_options.h"

#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/time_util.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "function/container_options.h"

namespace faas::registryd {
namespace {

using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;

// An option, as the API and as the command calls it.
struct Option {
  const char* path;
  const char* flag;
};

absl::Status InvalidOption(const Option& option, absl::string_view why) {
  return rpc::WithReason(
      absl::InvalidArgumentError(
          absl::StrCat(option.flag, " (options.", option.path, ") ", why)),
      "INVALID_REQUEST");
}

absl::Status CheckNumber(const Option& option, uint32_t value,
                         uint32_t largest) {
  if (value <= largest) return absl::OkStatus();
  return InvalidOption(option,
                       absl::StrCat("is ", value, "; at most ", largest));
}

absl::Status CheckDuration(const Option& option,
                           const google::protobuf::Duration& value) {
  // Apart, for what they are together may overflow.
  const bool valid =
      value.seconds() >= 0 && value.nanos() >= 0 &&
      value.nanos() < 1'000'000'000 &&
      value.seconds() <= absl::ToInt64Seconds(kMaxOptionDuration);
  const bool zero = value.seconds() == 0 && value.nanos() == 0;
  if (valid && (zero || TimeUtil::DurationToMilliseconds(value) > 0)) {
    return absl::OkStatus();
  }
  return InvalidOption(option,
                       absl::StrCat("must be from 1ms to ",
                                    absl::FormatDuration(kMaxOptionDuration),
                                    ", or 0 for the host's"));
}

}  // namespace

absl::StatusOr<UpdateMask> ParseUpdateMask(
    const google::protobuf::FieldMask& mask) {
  UpdateMask result;
  result.image = mask.paths().empty();
  for (const std::string& path : mask.paths()) {
    if (path == "image") {
      result.image = true;
    } else if ((path == "options" || absl::StartsWith(path, "options.")) &&
               FieldMaskUtil::IsValidPath<v1::Function>(path)) {
      result.options.add_paths(path);
    } else {
      return rpc::WithReason(
          absl::InvalidArgumentError(absl::StrCat(
              "update_mask: \"", base::Printable(path),
              "\" cannot be updated; \"image\" and \"options\" can")),
          "INVALID_REQUEST");
    }
  }
  return result;
}

void MergeOptions(const v1::Function& source,
                  const google::protobuf::FieldMask& mask,
                  v1::Function& function) {
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(source, mask, replace, &function);
}

absl::Status CheckOptions(const v1::FunctionOptions& options) {
  if (!v1::FunctionOptions::Protocol_IsValid(options.protocol())) {
    return InvalidOption({"protocol", "--protocol"}, "must be http or tcp");
  }
  const v1::WarmPolicy& warm = options.warm();
  RETURN_IF_ERROR(
      CheckNumber({"warm.spares", "--warm"}, warm.spares(), kMaxSpares));
  if (warm.automatic() && warm.spares() > 0) {
    return InvalidOption({"warm", "--warm"},
                         "is either a number or automatic, not both");
  }
  RETURN_IF_ERROR(CheckNumber({"max_concurrency", "--max_concurrency"},
                              options.max_concurrency(), kMaxConcurrency));
  RETURN_IF_ERROR(CheckNumber({"max_queued", "--max_queued"},
                              options.max_queued(), kMaxQueued));
  RETURN_IF_ERROR(CheckDuration({"queue_timeout", "--queue_timeout"},
                                options.queue_timeout()));
  RETURN_IF_ERROR(CheckDuration({"start_timeout", "--start_timeout"},
                                options.start_timeout()));
  RETURN_IF_ERROR(CheckDuration({"timeout", "--timeout"}, options.timeout()));
  RETURN_IF_ERROR(
      CheckDuration({"warm.idle_after", "--idle_after"}, warm.idle_after()));
  RETURN_IF_ERROR(
      CheckDuration({"warm.max_age", "--warm_max_age"}, warm.max_age()));
  return rpc::WithReason(function::CheckContainerOptions(options.container()),
                         "INVALID_REQUEST");
}

bool ReplacesSecrets(const google::protobuf::FieldMask& mask) {
  return FieldMaskUtil::IsPathInFieldMask("options.container.secrets", mask);
}

absl::Status CheckSecrets(
    const v1::ContainerOptions& options,
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Map<std::string, std::string>& secrets) {
  const Option option = {"container.secrets", "--secret"};
  if (!ReplacesSecrets(mask)) {
    if (secrets.empty()) return absl::OkStatus();
    return InvalidOption(
        option,
        "has content, and \"options.container.secrets\" is not in "
        "update_mask");
  }
  size_t bytes = 0;
  for (const std::string& name : options.secrets()) {
    const auto secret = secrets.find(name);
    if (secret == secrets.end()) {
      return InvalidOption(option,
                           absl::StrCat("has no content for \"", name, "\""));
    }
    if (secret->second.size() > function::kMaxSecretBytes) {
      return InvalidOption(
          option, absl::StrCat("\"", name, "\" has ", secret->second.size(),
                               " bytes; at most ", function::kMaxSecretBytes));
    }
    bytes += secret->second.size();
  }
  if (bytes > function::kMaxSecretsBytes) {
    return InvalidOption(option,
                         absl::StrCat("has ", bytes, " bytes in all; at most ",
                                      function::kMaxSecretsBytes));
  }
  if (secrets.size() != static_cast<size_t>(options.secrets_size())) {
    return InvalidOption(option,
                         "has content for a name that it does not have");
  }
  return absl::OkStatus();
}

}  // namespace faas::registryd
