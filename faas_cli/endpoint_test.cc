#include "faas_cli/endpoint.h"

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

TEST(EndpointTest, AddressesMayBeUrls) {
  EXPECT_EQ(*ParseAddress("http://127.0.0.1:8080/"), "127.0.0.1:8080");
  EXPECT_EQ(*ParseAddress("host:1"), "host:1");
  EXPECT_EQ(*ParseAddress("[::1]:80"), "[::1]:80");
  for (const char* text : {"", "host", ":80", "host:0", "host:x", "host:70000",
                           "https://host:80", "host:80/path"}) {
    EXPECT_FALSE(ParseAddress(text).ok()) << text;
  }
}

TEST(EndpointTest, OptionsWinOverTheEnvironment) {
  EXPECT_EQ(ChooseEndpoint("a:1", "/r", "b:2", "/e")->address, "a:1");
  EXPECT_EQ(ChooseEndpoint("", "/r", "b:2", "/e")->run_dir, "/r");
  EXPECT_EQ(ChooseEndpoint("", "", "http://b:2", "/e")->address, "b:2");
  EXPECT_EQ(ChooseEndpoint("", "", "", "/e")->run_dir, "/e");
}

TEST(EndpointTest, NobodyThereSaysWhatToDo) {
  const auto channel = Connect({.run_dir = "/no/such", .address = ""});
  EXPECT_EQ(channel.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(channel.status().message().find("deploy/faasd"), std::string::npos);
}

}  // namespace
}  // namespace faas::cli
