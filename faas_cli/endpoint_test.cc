#include "faas_cli/endpoint.h"

#include <fstream>

#include "faas_cli/listening_users.h"
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
  Endpoint endpoint;
  endpoint.run_dir = "/no/such";
  const auto channel = Connect(endpoint);
  EXPECT_EQ(channel.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(channel.status().message().find("deploy/faasd"), std::string::npos);
}

std::string TokenFor(const std::string& address,
                     const Credentials& credentials) {
  Endpoint endpoint;
  endpoint.address = address;
  const absl::Status status = AddCredentials(credentials, &endpoint);
  return status.ok() ? endpoint.token : std::string(status.message());
}

TEST(EndpointTest, TokensGoToThisHostOnly) {
  Credentials credentials;
  credentials.token = "secret";
  for (const char* address :
       {"127.0.0.1:8080", "localhost:1", "[::1]:80", "127.9.9.9:80"}) {
    EXPECT_EQ(TokenFor(address, credentials), "secret") << address;
  }
  for (const char* address : {"10.0.0.1:8080", "localhost.example:1",
                              "127.0.0.1.example:80", "[::2]:80"}) {
    EXPECT_EQ(TokenFor(address, credentials), "") << address;
  }
}

TEST(EndpointTest, TokenFileWinsAndHasToBeThere) {
  const std::string path = testing::TempDir() + "/token";
  const std::string in_file(64, 'f');
  std::ofstream(path) << in_file << "\n";
  EXPECT_EQ(TokenFor("127.0.0.1:1", {path, "secret", {}}), in_file);
  EXPECT_NE(
      TokenFor("127.0.0.1:1", {"/no/such", "secret", {}}).find("/no/such"),
      std::string::npos);
}

TEST(EndpointTest, ListenersAreFoundWithTheirUsers) {
  constexpr char kTable[] =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
      "retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 "
      "00000000  1000        0 4242 1 0 100 0 0 10 0\n"
      "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 "
      "00000000  1001        0 4243 1 0 100 0 0 10 0\n"
      "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 "
      "00000000     0        0 4244 1 0 100 0 0 10 0\n"
      "   3: 00000000000000000000000001000000:1F90 "
      "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
      "00000000     7        0 4245 1 0 100 0 0 10 0\n";
  EXPECT_EQ(*ParseListeningUsers(kTable, 8080), (std::set<uid_t>{7, 1000}));
  EXPECT_EQ(*ParseListeningUsers(kTable, 80), (std::set<uid_t>{0}));
  EXPECT_EQ(*ParseListeningUsers(kTable, 81), (std::set<uid_t>{}));
  EXPECT_EQ(*ParseListeningUsers("", 81), (std::set<uid_t>{}));
  EXPECT_FALSE(ParseListeningUsers("columns\nnonsense\n", 81).ok());
}

TEST(EndpointTest, TlsFilesGoTogetherAndWithAnAddress) {
  Endpoint endpoint;
  endpoint.address = "host:1";
  Credentials credentials;
  credentials.tls = {.cert = "c", .key = "k", .ca = ""};
  EXPECT_FALSE(AddCredentials(credentials, &endpoint).ok());
  credentials.tls.ca = "a";
  EXPECT_TRUE(AddCredentials(credentials, &endpoint).ok());
  EXPECT_TRUE(endpoint.tls.all());
  endpoint.address = "";
  EXPECT_FALSE(AddCredentials(credentials, &endpoint).ok());
}

}  // namespace
}  // namespace faas::cli
