#include "faas_cli/option_flags.h"

#include <utility>

#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "faas_cli/quantity.h"

namespace faas::cli {
namespace {

absl::Status SetTime(absl::string_view flag, const std::string& text,
                     google::protobuf::Duration* duration) {
  ASSIGN_OR_RETURN(absl::Duration parsed, ParseTime(flag, text));
  duration->set_seconds(absl::IDivDuration(parsed, absl::Seconds(1), &parsed));
  duration->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(parsed)));
  return absl::OkStatus();
}

absl::Status ParseWarm(const std::string& text, v1::WarmPolicy& warm) {
  if (text == "auto") {
    warm.set_automatic(true);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint32_t spares,
                   ParseNumber("--warm", text, "a number, or auto"));
  warm.set_spares(spares);
  return absl::OkStatus();
}

absl::Status ParseProtocol(const std::string& text,
                           v1::FunctionOptions& options) {
  if (text != "http" && text != "tcp") {
    return Misused("--protocol", text, "http or tcp");
  }
  options.set_protocol(text == "tcp" ? v1::FunctionOptions::PROTOCOL_TCP
                                     : v1::FunctionOptions::PROTOCOL_HTTP);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OptionsChange> ParseOptions(const OptionFlags& flags) {
  OptionsChange change;
  v1::FunctionOptions& options = change.options;
  const auto given = [&](const std::string& text, const char* path) {
    if (!text.empty()) change.mask.add_paths(path);
    return !text.empty();
  };
  if (given(flags.protocol, "options.protocol")) {
    RETURN_IF_ERROR(ParseProtocol(flags.protocol, options));
  }
  if (given(flags.warm, "options.warm.spares")) {
    change.mask.add_paths("options.warm.automatic");
    RETURN_IF_ERROR(ParseWarm(flags.warm, *options.mutable_warm()));
  }
  if (given(flags.idle_after, "options.warm.idle_after")) {
    RETURN_IF_ERROR(SetTime("--idle_after", flags.idle_after,
                            options.mutable_warm()->mutable_idle_after()));
  }
  if (given(flags.warm_max_age, "options.warm.max_age")) {
    RETURN_IF_ERROR(SetTime("--warm_max_age", flags.warm_max_age,
                            options.mutable_warm()->mutable_max_age()));
  }
  if (given(flags.max_concurrency, "options.max_concurrency")) {
    ASSIGN_OR_RETURN(const uint32_t number,
                     ParseNumber("--max_concurrency", flags.max_concurrency,
                                 "a number, or 0 for the host's"));
    options.set_max_concurrency(number);
  }
  if (given(flags.max_queued, "options.max_queued")) {
    ASSIGN_OR_RETURN(const uint32_t number,
                     ParseNumber("--max_queued", flags.max_queued,
                                 "a number, or 0 for the host's"));
    options.set_max_queued(number);
  }
  if (given(flags.queue_timeout, "options.queue_timeout")) {
    RETURN_IF_ERROR(SetTime("--queue_timeout", flags.queue_timeout,
                            options.mutable_queue_timeout()));
  }
  if (given(flags.start_timeout, "options.start_timeout")) {
    RETURN_IF_ERROR(SetTime("--start_timeout", flags.start_timeout,
                            options.mutable_start_timeout()));
  }
  if (given(flags.timeout, "options.timeout")) {
    RETURN_IF_ERROR(
        SetTime("--timeout", flags.timeout, options.mutable_timeout()));
  }
  v1::ContainerOptions container;
  RETURN_IF_ERROR(ParseContainerFlags(flags.container, container, change.mask,
                                      change.secrets));
  // One that is there, and empty, would be shown.
  if (container.ByteSizeLong() > 0) {
    *options.mutable_container() = std::move(container);
  }
  return change;
}

}  // namespace faas::cli
