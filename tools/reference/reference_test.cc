// Compares docs/cli.md and docs/configuration.md with what the programs say.

#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "tools/reference/pages.h"

namespace faas::reference {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr char kAdvice[] = "run bazel run //tools:write_reference";

TEST(ReferenceTest, DocumentsSayWhatTheProgramsSay) {
  const auto pages = MakePages();
  ASSERT_TRUE(pages.ok()) << pages.status();
  const auto cli = fs::ReadFile("docs/cli.md", kMaxBytes);
  ASSERT_TRUE(cli.ok()) << kAdvice;
  EXPECT_EQ(*cli, pages->cli) << kAdvice;
  const auto configuration = fs::ReadFile("docs/configuration.md", kMaxBytes);
  ASSERT_TRUE(configuration.ok()) << kAdvice;
  EXPECT_EQ(*configuration, pages->configuration) << kAdvice;
}

TEST(ReferenceTest, EveryDefaultOfAnOptionIsKnown) {
  const auto pages = MakePages();
  ASSERT_TRUE(pages.ok()) << pages.status();
  EXPECT_EQ(pages->cli.find("UNKNOWN"), std::string::npos)
      << "function/option_table.cc names a flag that runnerd does not have";
}

}  // namespace
}  // namespace faas::reference
