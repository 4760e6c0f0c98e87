#include "function/option_table.h"

#include <google/protobuf/util/field_mask_util.h>

#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"
#include "function/option_value.h"
#include "gtest/gtest.h"

namespace faas::function {
namespace {

using google::protobuf::util::FieldMaskUtil;

TEST(OptionTableTest, EachRowNamesAFieldOfItsOwn) {
  std::set<std::string> names, paths;
  for (const Option& option : OptionTable()) {
    EXPECT_TRUE(FieldMaskUtil::IsValidPath<v1::Function>(option.path()))
        << option.path();
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(paths.insert(option.path()).second) << option.path();
  }
}

TEST(OptionTableTest, EachFieldHasARow) {
  std::set<std::string> fields;
  for (const Option& option : OptionTable()) fields.insert(option.field);
  fields.insert("warm.automatic");  // --warm auto
  const auto check = [&](const google::protobuf::Descriptor& type,
                         const std::string& prefix,
                         const auto& recurse) -> void {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      const auto* message = field.message_type();
      if (message != nullptr &&
          message->full_name() != "google.protobuf.Duration") {
        recurse(*message, prefix + field.name() + ".", recurse);
      } else {
        EXPECT_EQ(fields.count(prefix + field.name()), 1u)
            << prefix << field.name() << " has no row";
      }
    }
  };
  check(*v1::FunctionOptions::descriptor(), "", check);
}

TEST(OptionTableTest, NamesAreKebabCaseAndTextsAreSentences) {
  for (const Option& option : OptionTable()) {
    EXPECT_EQ(std::string(option.name).find('_'), std::string::npos);
    EXPECT_EQ(absl::string_view(option.help).back(), '.') << option.name;
    EXPECT_NE(std::string(option.shown).find("$0"), std::string::npos);
  }
}

TEST(OptionTableTest, FormsOfChoicesListThem) {
  for (const Option& option : OptionTable()) {
    if (option.kind != OptionKind::kChoice) continue;
    EXPECT_EQ(option.form, absl::StrJoin(ChoicesOf(option), "|"));
  }
}

TEST(OptionValueTest, NothingIsSetInTheBeginning) {
  const v1::FunctionOptions options;
  for (const Option& option : OptionTable()) {
    EXPECT_FALSE(OptionValue(option, options).is_set()) << option.name;
  }
}

TEST(OptionValueTest, ReadsWhatWasSet) {
  v1::FunctionOptions options;
  SetNumber(FindOption("memory"), uint64_t{5} << 30, options);
  SetNumber(FindOption("pids"), 7, options);
  SetDuration(FindOption("idle-after"), absl::Milliseconds(1500), options);
  SetTexts(FindOption("env"), {"A=1", "B=2"}, options);
  SetTexts(FindOption("user"), {"app"}, options);
  EXPECT_TRUE(SetChoice(FindOption("network"), "host", options));
  EXPECT_FALSE(SetChoice(FindOption("network"), "bridge", options));
  EXPECT_EQ(options.container().memory_bytes(), uint64_t{5} << 30);
  EXPECT_EQ(options.container().pids(), 7u);
  EXPECT_EQ(options.warm().idle_after().nanos(), 500'000'000);
  EXPECT_EQ(options.container().user(), "app");
  EXPECT_EQ(options.container().network(), v1::ContainerOptions::NETWORK_HOST);
  EXPECT_EQ(OptionValue(FindOption("memory"), options).number(),
            uint64_t{5} << 30);
  EXPECT_EQ(OptionValue(FindOption("idle-after"), options).duration(),
            absl::Milliseconds(1500));
  EXPECT_EQ(OptionValue(FindOption("env"), options).texts(),
            (std::vector<std::string>{"A=1", "B=2"}));
  EXPECT_EQ(OptionValue(FindOption("network"), options).choice(), "host");
}

}  // namespace
}  // namespace faas::function
