#include "registryd/deploy/requested_options.h"

#include <limits>
#include <string>

#include "function/option_table.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

TEST(ParseUpdateMask, AnEmptyMaskIsTheImage) {
  const auto mask = ParseUpdateMask({});
  ASSERT_TRUE(mask.ok());
  EXPECT_TRUE(mask->image);
  EXPECT_TRUE(mask->options.paths().empty());
}

TEST(ParseUpdateMask, OptionsAloneAreNoImage) {
  const auto mask = ParseUpdateMask(Mask({"options.warm", "options.timeout"}));
  ASSERT_TRUE(mask.ok());
  EXPECT_FALSE(mask->image);
  EXPECT_EQ(mask->options.paths_size(), 2);
  EXPECT_TRUE(ParseUpdateMask(Mask({"options", "image"}))->image);
}

TEST(ParseUpdateMask, TakesEachOptionOfTheTable) {
  for (const function::Option& option : function::OptionTable()) {
    const auto mask = ParseUpdateMask(Mask({option.path().c_str()}));
    ASSERT_TRUE(mask.ok()) << mask.status();
    EXPECT_EQ(mask->options.paths(0), option.path());
  }
}

TEST(ParseUpdateMask, RefusesEverythingElse) {
  for (const char* path :
       {"address", "optionsx", "options.nothing", "name", ""}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseUpdateMask(Mask({path})).status()))
        << path;
  }
}

TEST(MergeOptions, ReplacesWhatTheMaskNamesAndKeepsTheRest) {
  v1::Function function;
  function.set_name("f");
  function.mutable_options()->mutable_warm()->set_spares(3);
  function.mutable_options()->mutable_warm()->mutable_max_age()->set_seconds(9);
  function.mutable_options()->set_max_queued(7);
  v1::Function source;
  source.set_name("other");
  source.mutable_options()->mutable_warm()->set_automatic(true);
  source.mutable_options()->set_max_queued(8);
  MergeOptions(source, Mask({"options.warm.spares", "options.warm.automatic"}),
               function);
  EXPECT_EQ(function.name(), "f");
  EXPECT_EQ(function.options().warm().spares(), 0);
  EXPECT_TRUE(function.options().warm().automatic());
  EXPECT_EQ(function.options().warm().max_age().seconds(), 9);
  EXPECT_EQ(function.options().max_queued(), 7);
}

TEST(MergeOptions, WhatTheSourceDoesNotHaveIsTheDefaultAgain) {
  v1::Function function;
  function.mutable_options()->mutable_timeout()->set_seconds(3);
  MergeOptions({}, Mask({"options.timeout"}), function);
  EXPECT_FALSE(function.options().has_timeout());
}

TEST(CheckOptions, DefaultsAndSensibleValuesPass) {
  v1::FunctionOptions options;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.set_protocol(v1::FunctionOptions::PROTOCOL_TCP);
  options.mutable_warm()->set_spares(1024);
  options.mutable_timeout()->set_seconds(24 * 3600);
  options.mutable_start_timeout()->set_nanos(1'000'000);
  EXPECT_TRUE(CheckOptions(options).ok());
}

TEST(CheckOptions, NamesWhatIsWrong) {
  const auto complaint = [](auto set) {
    v1::FunctionOptions options;
    set(options);
    return std::string(CheckOptions(options).message());
  };
  EXPECT_EQ(complaint([](auto& o) { o.mutable_warm()->set_spares(5000); }),
            "--warm (options.warm.spares) is 5000; at most 1024");
  EXPECT_EQ(complaint([](auto& o) { o.set_max_queued(100'000); }),
            "--max-queued (options.max_queued) is 100000; at most 65536");
  EXPECT_NE(complaint([](auto& o) {
              o.mutable_warm()->set_spares(1);
              o.mutable_warm()->set_automatic(true);
            }),
            "");
  EXPECT_NE(complaint([](auto& o) { o.mutable_timeout()->set_seconds(-1); }),
            "");
  EXPECT_NE(
      complaint([](auto& o) {
        o.mutable_timeout()->set_seconds(std::numeric_limits<int64_t>::max());
      }),
      "");
  EXPECT_NE(complaint([](auto& o) { o.mutable_timeout()->set_nanos(999'999); }),
            "");
  EXPECT_NE(complaint([](auto& o) {
              o.set_protocol(static_cast<v1::FunctionOptions::Protocol>(77));
            }),
            "");
}

}  // namespace
}  // namespace faas::registryd
