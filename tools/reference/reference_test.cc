// Compares docs/cli.md and docs/configuration.md with what the programs say.

#include <sstream>
#include <string>

#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "tools/reference/pages.h"

namespace faas::reference {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr char kAdvice[] = "run bazel run //tools:write_reference";

// Compares a document with the page that it should be, and shows the first line
// that differs.
void ExpectUpToDate(const std::string& document, const std::string& page) {
  const auto content = fs::ReadFile(document, kMaxBytes);
  ASSERT_TRUE(content.ok()) << content.status() << "; " << kAdvice;
  std::istringstream is(*content), should_be(page);
  std::string line, wanted;
  while (std::getline(should_be, wanted)) {
    std::getline(is, line);
    ASSERT_EQ(line, wanted) << document << ": " << kAdvice;
    line.clear();
  }
  EXPECT_EQ(content->size(), page.size()) << document << ": " << kAdvice;
}

TEST(ReferenceTest, DocumentsSayWhatTheProgramsSay) {
  const auto pages = MakePages();
  ASSERT_TRUE(pages.ok()) << pages.status();
  ExpectUpToDate("docs/cli.md", pages->cli);
  ExpectUpToDate("docs/configuration.md", pages->configuration);
}

TEST(ReferenceTest, EveryDefaultOfAnOptionIsKnown) {
  const auto pages = MakePages();
  ASSERT_TRUE(pages.ok()) << pages.status();
  EXPECT_EQ(pages->cli.find("UNKNOWN"), std::string::npos)
      << "function/option_table.cc names a flag that runnerd does not have";
}

}  // namespace
}  // namespace faas::reference
