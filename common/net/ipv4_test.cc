#include "common/net/ipv4.h"

#include "gtest/gtest.h"

namespace faas::net {
namespace {

TEST(Ipv4Test, RoundTrips) {
  EXPECT_EQ(ToString(*ParseIpv4("10.0.0.10")), "10.0.0.10");
  EXPECT_EQ(ToString(*ParseIpv4Prefix("10.0.0.0/24")), "10.0.0.0/24");
}

TEST(Ipv4Test, PrefixKnowsItsAddresses) {
  const Ipv4Prefix prefix = *ParseIpv4Prefix("10.0.0.0/30");
  EXPECT_EQ(prefix.size(), 4u);
  EXPECT_TRUE(prefix.Contains(*ParseIpv4("10.0.0.3")));
  EXPECT_FALSE(prefix.Contains(*ParseIpv4("10.0.0.4")));
  EXPECT_FALSE(prefix.Contains(*ParseIpv4("9.255.255.255")));
  EXPECT_TRUE(ParseIpv4Prefix("0.0.0.0/0")->Contains(*ParseIpv4("9.9.9.9")));
}

TEST(Ipv4Test, NonsenseIsRefused) {
  for (const char* text : {"", "10.0.0", "10.0.0.256", "10.0.0.0/33",
                           "10.0.0.0", "10.0.0.1/24", "a/24", "10.0.0.0/-1"}) {
    EXPECT_FALSE(ParseIpv4Prefix(text).ok()) << text;
  }
}

}  // namespace
}  // namespace faas::net
