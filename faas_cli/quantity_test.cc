#include "faas_cli/quantity.h"

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

TEST(ParseSizeTest, UnitsMultiply) {
  EXPECT_EQ(*ParseSize("--memory", "64Mi"), 64u << 20);
  EXPECT_EQ(*ParseSize("--memory", "1Gi"), 1u << 30);
  EXPECT_EQ(*ParseSize("--memory", "2M"), 2'000'000u);
  EXPECT_EQ(*ParseSize("--memory", "12345"), 12345u);
  EXPECT_EQ(*ParseSize("--memory", "0"), 0u);
}

TEST(ParseSizeTest, OthersAreToldTheForm) {
  for (const char* text : {"", "Mi", "64MB", "-1", "1.5Gi", "64 Mi",
                           "9999999Ti", "99999999999999999999"}) {
    const auto size = ParseSize("--memory", text);
    ASSERT_FALSE(size.ok()) << text;
    EXPECT_NE(size.status().message().find("--memory"), std::string::npos);
    EXPECT_NE(size.status().message().find("64Mi"), std::string::npos);
  }
}

TEST(ParseCpusTest, FractionsAreThousandths) {
  EXPECT_EQ(*ParseCpus("--cpus", "0.5"), 500u);
  EXPECT_EQ(*ParseCpus("--cpus", "2"), 2000u);
  EXPECT_EQ(*ParseCpus("--cpus", "0"), 0u);
  for (const char* text : {"", "-1", "half", "1e9", "nan", "0.0001"}) {
    EXPECT_FALSE(ParseCpus("--cpus", text).ok()) << text;
  }
}

TEST(SizeTextTest, IsWhatParseSizeTakes) {
  EXPECT_EQ(SizeText(64 << 20), "64Mi");
  EXPECT_EQ(SizeText(3 << 10), "3Ki");
  EXPECT_EQ(SizeText(1000), "1000 bytes");
}

}  // namespace
}  // namespace faas::cli
