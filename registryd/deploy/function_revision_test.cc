#include "registryd/deploy/function_revision.h"

#include <string>

#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::registryd {
namespace {

TEST(FunctionRevisionTest, CommandIsEntrypointAndThenCmd) {
  v1::Function function;
  function.add_command("old");
  v1::Image image;
  image.mutable_config()->add_entrypoint("python3");
  image.mutable_config()->add_cmd("/app/handler.py");
  image.mutable_config()->add_cmd("-v");
  SetImage(image, function);
  ASSERT_EQ(function.command_size(), 3);
  EXPECT_EQ(function.command(0), "python3");
  EXPECT_EQ(function.command(1), "/app/handler.py");
  EXPECT_EQ(function.command(2), "-v");
  EXPECT_EQ(function.image().config().cmd_size(), 2);
}

TEST(FunctionRevisionTest, RevisionsHaveNumbersIdsAndTimes) {
  v1::Function function;
  BeginRevision(function);
  EXPECT_EQ(function.revision(), 1u);
  EXPECT_EQ(function.revision_id().size(), 16u);
  EXPECT_EQ(function.create_time().seconds(), function.update_time().seconds());
  const std::string first = function.revision_id();
  function.mutable_create_time()->set_seconds(1);
  BeginRevision(function);
  EXPECT_EQ(function.revision(), 2u);
  EXPECT_NE(function.revision_id(), first);
  EXPECT_EQ(function.create_time().seconds(), 1);
  EXPECT_GT(function.update_time().seconds(), 1);
}

TEST(FunctionRevisionTest, FunctionBeyondTheLimitIsRefused) {
  v1::Function function;
  function.add_command(std::string(kMaxFunctionBytes - 100, 'x'));
  EXPECT_TRUE(CheckFunctionSize(function).ok());
  function.add_command(std::string(100, 'x'));
  EXPECT_EQ(image::CategoryOf(CheckFunctionSize(function)),
            image::ErrorCategory::kLimit);
}

}  // namespace
}  // namespace faas::registryd
