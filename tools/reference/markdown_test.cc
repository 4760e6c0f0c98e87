#include "tools/reference/markdown.h"

#include "gtest/gtest.h"
#include "tools/reference/flag_help.h"

namespace faas::reference {
namespace {

TEST(ProseTest, NamesBecomeCode) {
  EXPECT_EQ(Prose("See --warm, or /control.sock; (--env=A|B) is <dir>/x."),
            "See `--warm`, or `/control.sock`; (`--env=A\\|B`) is `<dir>/x`.");
  EXPECT_EQ(Prose("a  plain | sentence < it is"),
            "a plain \\| sentence &lt; it is");
}

TEST(MarkdownTableTest, HasARuleBelowItsTitles) {
  EXPECT_EQ(MarkdownTable({"a", "b"}, {{"1", "2"}}),
            "| a | b |\n|---|---|\n| 1 | 2 |\n");
}

TEST(FilledTest, ReplacesTheLine) {
  EXPECT_EQ(Filled("x\n<!-- here -->\ny\n", "here", "1\n2\n"), "x\n1\n2\ny\n");
}

TEST(ParseFlagHelpTest, JoinsLinesAndSkipsAbseil) {
  const auto flags = ParseFlagHelp(
      "runnerd: containers.\n\n"
      "  Flags from ./absl/flags/parse.cc:\n"
      "    --flagfile (files); default: ;\n\n\n"
      "  Flags from runnerd/flags.cc:\n"
      "    --rootfs (How layers become a root (a mount); or\n"
      "      auto; see\n"
      "      --runtime.); default: \"auto\";\n"
      "    --user (Whom it\n      becomes.);\n      default: \"\";\n\n"
      "Try --helpfull to get a list.\n");
  ASSERT_EQ(flags.size(), 2u);
  EXPECT_EQ(flags[0].file, "runnerd/flags.cc");
  EXPECT_EQ(flags[0].name, "rootfs");
  EXPECT_EQ(flags[0].help,
            "How layers become a root (a mount); or auto; see --runtime.");
  EXPECT_EQ(flags[0].standard, "auto");
  EXPECT_EQ(flags[1].name, "user");
  EXPECT_EQ(flags[1].standard, "");
}

TEST(StandardTextTest, BytesAreForPeople) {
  const auto text = [](const char* name, const char* standard) {
    return StandardText({.name = name, .standard = standard});
  };
  EXPECT_EQ(text("max_bytes", "536870912"), "`536870912` (512 MiB)");
  EXPECT_EQ(text("max_bytes", "65536"), "`65536` (64 KiB)");
  EXPECT_EQ(text("max_bytes", "4095"), "`4095`");
  EXPECT_EQ(text("max_entries", "1048576"), "`1048576`");
  EXPECT_EQ(text("store_quota", "0"), "`0`");
  EXPECT_EQ(text("user", ""), "");
  EXPECT_EQ(ShortStandardText({.name = "max_bytes", .standard = "536870912"}),
            "512 MiB");
  EXPECT_EQ(ShortStandardText({.name = "timeout", .standard = "1m"}), "1m");
}

}  // namespace
}  // namespace faas::reference
