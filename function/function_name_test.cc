#include "function/function_name.h"

#include <string>

#include "common/rpc/status.h"
#include "gtest/gtest.h"

namespace faas::function {
namespace {

TEST(FunctionNameTest, DnsLabelsAreTaken) {
  for (const std::string& name :
       {std::string("a"), std::string("test-handler-2"), std::string("0"),
        std::string(63, 'x')}) {
    EXPECT_TRUE(CheckFunctionName(name).ok()) << name;
  }
}

TEST(FunctionNameTest, OthersAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string("a-"), std::string("A"),
        std::string("a_b"), std::string("a.b"), std::string("../x"),
        std::string("a/b"), std::string("é"), std::string("a\n"),
        std::string("a\0b", 3), std::string(64, 'x')}) {
    const absl::Status status = CheckFunctionName(name);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(rpc::ReasonOf(status), "INVALID_NAME");
  }
}

TEST(FunctionNameTest, HugeAndHostileNamesAreShownShortAndEscaped) {
  const absl::Status status =
      CheckFunctionName("\x1b[2J" + std::string(100000, 'x'));
  EXPECT_LT(status.message().size(), 300u);
  EXPECT_EQ(status.message().find('\x1b'), absl::string_view::npos);
}

}  // namespace
}  // namespace faas::function
