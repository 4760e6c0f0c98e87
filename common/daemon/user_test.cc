#include "common/daemon/user.h"

#include "gtest/gtest.h"

namespace faas::daemon {
namespace {

TEST(UserTest, NumbersNeedNoAccount) {
  EXPECT_EQ(FindUser("165537")->uid, 165537u);
  EXPECT_EQ(FindUser("165537")->gid, 165537u);
  EXPECT_EQ(FindUser("1234:56")->uid, 1234u);
  EXPECT_EQ(FindUser("1234:56")->gid, 56u);
  EXPECT_EQ(FindUser("0")->uid, 0u);
  EXPECT_EQ(FindUser("")->uid, 0u);
}

TEST(UserTest, NamesAreLookedUp) {
  EXPECT_EQ(FindUser("root")->uid, 0u);
  EXPECT_EQ(FindUser("daemon")->uid, 1u);
  EXPECT_EQ(FindUser("daemon")->gid, 1u);
  EXPECT_TRUE(absl::IsFailedPrecondition(FindUser("no-such-user").status()));
}

TEST(UserTest, WhatStandsForNoneIsRefused) {
  for (const char* text : {"4294967295", "1:4294967295", "1:x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(FindUser(text).status())) << text;
  }
}

TEST(UserTest, GatewaysIsBeyondTheContainers) {
  EXPECT_EQ(*DefaultGatewayUser(100000), 165537u);
  EXPECT_EQ(*DefaultGatewayUser(0), 165537u);
  EXPECT_EQ(*DefaultGatewayUser(4294901757), 4294967294u);
  // The next ids would be the one for "none", then root's.
  EXPECT_FALSE(DefaultGatewayUser(4294901758).ok());
  EXPECT_FALSE(DefaultGatewayUser(4294901759).ok());
}

}  // namespace
}  // namespace faas::daemon
