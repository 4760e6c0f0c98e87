#include "gatewayd/address_pool.h"

#include "gtest/gtest.h"

namespace faas::gatewayd {
namespace {

std::string Lowest(const char* pool, std::set<net::Ipv4> taken = {}) {
  const auto address = LowestFreeAddress(*net::ParseIpv4Prefix(pool), taken);
  return address.has_value() ? net::ToString(*address) : "none";
}

net::Ipv4 Ip(const char* text) { return *net::ParseIpv4(text); }

TEST(AddressPoolTest, BeginsAtTen) {
  EXPECT_EQ(Lowest("10.0.0.0/24"), "10.0.0.10");
}

TEST(AddressPoolTest, FillsGapsFirst) {
  EXPECT_EQ(Lowest("10.0.0.0/24", {Ip("10.0.0.10"), Ip("10.0.0.12")}),
            "10.0.0.11");
}

TEST(AddressPoolTest, NeverGivesNetworkOrBroadcast) {
  EXPECT_EQ(Lowest("10.0.0.0/30"), "10.0.0.1");
  EXPECT_EQ(Lowest("10.0.0.0/30", {Ip("10.0.0.1"), Ip("10.0.0.2")}), "none");
  EXPECT_EQ(Lowest("10.0.0.0/31"), "none");
  EXPECT_EQ(Lowest("10.0.0.0/32"), "none");
}

TEST(AddressPoolTest, LastAddressOfAFullPoolIsFound) {
  std::set<net::Ipv4> taken;
  for (uint32_t i = 0; i < 254; ++i) {
    taken.insert({Ip("10.0.0.0").value + i});
  }
  EXPECT_EQ(Lowest("10.0.0.0/24", taken), "10.0.0.254");
  taken.insert(Ip("10.0.0.254"));
  EXPECT_EQ(Lowest("10.0.0.0/24", taken), "none");
}

TEST(AddressPoolTest, PoolAtTheEndOfTheSpaceDoesNotWrap) {
  EXPECT_EQ(Lowest("255.255.255.224/27"), "255.255.255.234");
}

}  // namespace
}  // namespace faas::gatewayd
