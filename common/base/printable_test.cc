#include "common/base/printable.h"

#include "gtest/gtest.h"

namespace faas::base {
namespace {

TEST(PrintableTest, OrdinaryTextStays) {
  EXPECT_EQ(Printable("usr/bin/héllo ✓"), "usr/bin/héllo ✓");
}

TEST(PrintableTest, EscapeSequencesAreShownNotObeyed) {
  EXPECT_EQ(Printable("\x1b[2Jx\n\t\x7f"), "\\x1b[2Jx\\x0a\\x09\\x7f");
}

TEST(PrintableTest, BrokenUtf8AndC1ControlsAreEscaped) {
  EXPECT_EQ(Printable("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(Printable("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(Printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

TEST(PrintableTest, TruncatedKeepsWholeCharacters) {
  EXPECT_EQ(Truncated("aé", 2), "a");
  EXPECT_EQ(Truncated("aé", 3), "aé");
  EXPECT_EQ(Truncated("✓", 2), "");
}

TEST(PrintableTest, ShortenedKeepsBothEnds) {
  EXPECT_EQ(Shortened("0123456789", 10), "0123456789");
  EXPECT_EQ(Shortened("0123456789abcdef", 13), "012345 ... ef");
  EXPECT_EQ(Shortened("0123456789", 5), " ... ");
  // The characters on both sides of the gap are whole.
  EXPECT_EQ(Shortened("ééééééééé", 13), "ééé ... é");
  EXPECT_EQ(Shortened("aéééééééé", 13), "aéé ... é");
}

TEST(PrintableTest, LinesKeepNewlinesAndTabs) {
  EXPECT_EQ(PrintableLines("a\n\tb\r"), "a\n\tb\\x0d");
}

}  // namespace
}  // namespace faas::base
