#include "faas_cli/command_line/nearest.h"

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

TEST(EditDistanceTest, CountsChanges) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("list", "list"), 0u);
  EXPECT_EQ(EditDistance("", "list"), 4u);
  EXPECT_EQ(EditDistance("lst", "list"), 1u);
  EXPECT_EQ(EditDistance("lisst", "list"), 1u);
  EXPECT_EQ(EditDistance("lost", "list"), 1u);
  EXPECT_EQ(EditDistance("lsit", "list"), 1u) << "neighbours are swapped";
  EXPECT_EQ(EditDistance("rm", "list"), 4u);
}

TEST(NearestTest, IsTheOneWithTheFewestChanges) {
  const std::vector<std::string> commands = {"new", "rm", "list", "describe"};
  EXPECT_EQ(Nearest("lst", commands), "list");
  EXPECT_EQ(Nearest("ls", commands), "list");
  EXPECT_EQ(Nearest("desribe", commands), "describe");
  EXPECT_EQ(Nearest("mr", commands), "rm");
}

TEST(NearestTest, NothingIsNearToAnotherWord) {
  EXPECT_EQ(Nearest("xyzzy", {"new", "rm", "list"}), "");
  EXPECT_EQ(Nearest("list", {}), "");
  EXPECT_EQ(Nearest("", {"ab"}), "");
}

}  // namespace
}  // namespace faas::cli
