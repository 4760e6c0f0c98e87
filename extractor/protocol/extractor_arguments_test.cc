#include "extractor/protocol/extractor_arguments.h"

#include "gtest/gtest.h"

namespace faas::extractor {
namespace {

const std::vector<std::string> kCommandLine = {
    "extractor", "/staging", "100000", "17179869184", "27", "1024", "42"};

TEST(ExtractorArgumentsTest, CommandLineIsParsed) {
  const auto arguments = ExtractorArguments::Parse(kCommandLine);
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(arguments->root, "/staging");
  EXPECT_EQ(arguments->id_base, 100000u);
  EXPECT_EQ(arguments->layer_bytes, uint64_t{16} << 30);
  EXPECT_EQ(arguments->zstd_window_log, 27);
  EXPECT_EQ(arguments->open_files, 1024u);
  EXPECT_EQ(arguments->parent, 42);
  EXPECT_EQ(arguments->ToCommandLine("extractor"), kCommandLine);
}

TEST(ExtractorArgumentsTest, OtherCommandLinesAreRefused) {
  EXPECT_FALSE(ExtractorArguments::Parse({}).has_value());
  EXPECT_FALSE(ExtractorArguments::Parse({"extractor", "--help"}).has_value());
  auto longer = kCommandLine;
  longer.push_back("more");
  EXPECT_FALSE(ExtractorArguments::Parse(longer).has_value());
  for (size_t i = 2; i < kCommandLine.size(); ++i) {
    for (const char* const value : {"", "many", "-5000000000", "1e99"}) {
      auto wrong = kCommandLine;
      wrong[i] = value;
      EXPECT_FALSE(ExtractorArguments::Parse(wrong).has_value())
          << i << " " << value;
    }
  }
}

TEST(ExtractorArgumentsTest, WindowThatMemoryCannotHoldIsRefused) {
  auto command_line = kCommandLine;
  command_line[4] = "40";
  EXPECT_TRUE(ExtractorArguments::Parse(command_line).has_value());
  command_line[4] = "41";
  EXPECT_FALSE(ExtractorArguments::Parse(command_line).has_value());
  command_line[4] = "-1";
  EXPECT_FALSE(ExtractorArguments::Parse(command_line).has_value());
}

}  // namespace
}  // namespace faas::extractor
