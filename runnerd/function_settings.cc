#include "runnerd/function_settings.h"

namespace faas::runnerd {
namespace {

void Set(size_t* value, uint32_t option) {
  if (option > 0) *value = option;
}

void Set(absl::Duration* value, const google::protobuf::Duration& option) {
  const absl::Duration duration =
      absl::Seconds(option.seconds()) + absl::Nanoseconds(option.nanos());
  if (duration > absl::ZeroDuration()) *value = duration;
}

}  // namespace

FunctionSettings FunctionSettings::With(
    const v1::FunctionOptions& options) const {
  FunctionSettings settings = *this;
  settings.client_speaks_first =
      options.protocol() != v1::FunctionOptions::PROTOCOL_TCP;
  Set(&settings.deadlines.start, options.start_timeout());
  Set(&settings.deadlines.request, options.timeout());
  Set(&settings.deadlines.warm_age, options.warm().max_age());
  Set(&settings.limits.max_active, options.max_concurrency());
  Set(&settings.limits.max_waiting, options.max_queued());
  Set(&settings.limits.max_wait, options.queue_timeout());
  Set(&settings.warm.idle_after, options.warm().idle_after());
  Set(&settings.warm.instances, options.warm().spares());
  settings.warm.automatic = options.warm().automatic();
  return settings;
}

}  // namespace faas::runnerd
