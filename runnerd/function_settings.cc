#include "runnerd/function_settings.h"

#include "absl/strings/string_view.h"
#include "function/option_table.h"
#include "function/option_value.h"

namespace faas::runnerd {
namespace {

// The setting that an option of the table changes when it is set. Options of
// the group kContainer are in profile/container_settings.cc.
struct SettingOfOption {
  absl::string_view option;
  void (*set)(const function::OptionValue& value, FunctionSettings& settings);
};

constexpr SettingOfOption kSettings[] = {
    {"protocol",
     [](const auto& value, auto& settings) {
       settings.client_speaks_first =
           value.number() != v1::FunctionOptions::PROTOCOL_TCP;
     }},
    {"warm",
     [](const auto& value, auto& settings) {
       if (value.number() > 0) settings.warm.instances = value.number();
       settings.warm.automatic = value.automatic();
     }},
    {"idle-after",
     [](const auto& value, auto& settings) {
       settings.warm.idle_after = value.duration();
     }},
    {"warm-max-age",
     [](const auto& value, auto& settings) {
       settings.deadlines.warm_age = value.duration();
     }},
    {"max-concurrency",
     [](const auto& value, auto& settings) {
       settings.limits.max_active = value.number();
     }},
    {"max-queued",
     [](const auto& value, auto& settings) {
       settings.limits.max_waiting = value.number();
     }},
    {"queue-timeout",
     [](const auto& value, auto& settings) {
       settings.limits.max_wait = value.duration();
     }},
    {"start-timeout",
     [](const auto& value, auto& settings) {
       settings.deadlines.start = value.duration();
     }},
    {"timeout",
     [](const auto& value, auto& settings) {
       settings.deadlines.request = value.duration();
     }},
};

}  // namespace

FunctionSettings FunctionSettings::With(
    const v1::FunctionOptions& options) const {
  FunctionSettings settings = *this;
  for (const SettingOfOption& setting : kSettings) {
    const function::OptionValue value(function::FindOption(setting.option),
                                      options);
    if (value.is_set()) setting.set(value, settings);
  }
  return settings;
}

}  // namespace faas::runnerd
