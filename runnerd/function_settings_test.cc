#include "runnerd/function_settings.h"

#include <tuple>

#include "absl/time/time.h"
#include "function/option_table.h"
#include "function/option_value.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using function::FindOption;
using function::Option;
using function::OptionGroup;
using function::OptionKind;

auto AllOf(const FunctionSettings& settings) {
  return std::make_tuple(
      settings.client_speaks_first, settings.deadlines.start,
      settings.deadlines.request, settings.deadlines.warm_age,
      settings.limits.max_active, settings.limits.max_waiting,
      settings.limits.max_wait, settings.warm.automatic,
      settings.warm.instances, settings.warm.idle_after);
}

v1::FunctionOptions Some(const Option& option) {
  v1::FunctionOptions options;
  if (option.kind == OptionKind::kChoice) {
    SetChoice(option, ChoicesOf(option).back(), options);
  } else if (option.kind == OptionKind::kDuration) {
    SetDuration(option, absl::Milliseconds(7), options);
  } else {
    SetNumber(option, 7, options);
  }
  return options;
}

TEST(FunctionSettingsTest, WhatIsNotSetStays) {
  FunctionSettings host;
  host.limits.max_active = 9;
  host.deadlines.start = absl::Seconds(3);
  EXPECT_EQ(AllOf(host.With({})), AllOf(host));
}

TEST(FunctionSettingsTest, EachOptionForConnectionsChangesASetting) {
  const FunctionSettings host;
  for (const Option& option : function::OptionTable()) {
    if (option.group != OptionGroup::kConnections) continue;
    EXPECT_NE(AllOf(host.With(Some(option))), AllOf(host)) << option.name;
  }
}

TEST(FunctionSettingsTest, WarmIsANumberOrAutomatic) {
  FunctionSettings host;
  host.warm.instances = 3;
  EXPECT_EQ(host.With(Some(FindOption("warm"))).warm.instances, 7u);
  v1::FunctionOptions options;
  options.mutable_warm()->set_automatic(true);
  EXPECT_TRUE(host.With(options).warm.automatic);
}

}  // namespace
}  // namespace faas::runnerd
