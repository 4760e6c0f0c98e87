#include "common/rpc/token_guard.h"

#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

using grpc::StatusCode;

const std::string kToken(64, 'a');

StatusCode Ask(const grpc::AuthMetadataProcessor::InputMetadata& metadata,
               const std::string& address = "127.0.0.2:8080") {
  TokenGuard guard(kToken, "/token", address);
  grpc::AuthMetadataProcessor::OutputMetadata consumed, response;
  const grpc::Status status =
      guard.Process(metadata, nullptr, &consumed, &response);
  // The guard takes the token out, so that no service sees it.
  EXPECT_EQ(consumed.count("authorization"), status.ok() ? 1u : 0u);
  return status.error_code();
}

StatusCode WithAuthority(const std::string& authority) {
  const std::string header = "Bearer " + kToken;
  return Ask({{":authority", authority}, {"authorization", header}});
}

StatusCode WithHeader(const std::string& header) {
  return Ask({{":authority", "localhost"}, {"authorization", header}});
}

TEST(TokenGuardTest, OnlyTheTokenIsLetIn) {
  EXPECT_EQ(WithHeader("Bearer " + kToken), StatusCode::OK);
  EXPECT_EQ(WithHeader("bearer " + kToken), StatusCode::OK);
  for (const std::string& header :
       {std::string(), kToken, "Bearer" + kToken, "Basic " + kToken,
        "Bearer " + kToken + "a", "Bearer " + kToken.substr(1),
        "Bearer " + std::string(64, 'b'), std::string("Bearer ")}) {
    EXPECT_EQ(WithHeader(header), StatusCode::UNAUTHENTICATED) << header;
  }
  EXPECT_EQ(Ask({{":authority", "localhost"}}), StatusCode::UNAUTHENTICATED);
}

TEST(TokenGuardTest, TwoHeadersAreNone) {
  const std::string header = "Bearer " + kToken;
  EXPECT_EQ(Ask({{":authority", "localhost"},
                 {"authorization", header},
                 {"authorization", header}}),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Ask({{":authority", "localhost"},
                 {":authority", "localhost"},
                 {"authorization", header}}),
            StatusCode::PERMISSION_DENIED);
}

TEST(TokenGuardTest, CallsAreForThisHost) {
  for (const char* host : {"localhost", "LocalHost:80", "127.0.0.1:1", "[::1]",
                           "[::1]:8080", "127.0.0.2", "127.0.0.2:8080"}) {
    EXPECT_EQ(WithAuthority(host), StatusCode::OK) << host;
  }
  for (const char* host :
       {"", ":", ":8080", "localhost.", "localhost.evil.example", "evil:8080",
        "127.0.0.3", "[::1", "::1", "[::2]:80", "localhost:x",
        "localhost:80:80", "user@localhost", "localhost/"}) {
    EXPECT_EQ(WithAuthority(host), StatusCode::PERMISSION_DENIED) << host;
  }
  const std::string header = "Bearer " + kToken;
  EXPECT_EQ(Ask({{"authorization", header}}), StatusCode::PERMISSION_DENIED);
}

TEST(TokenGuardTest, HostsAreShownEscapedAndShort) {
  TokenGuard guard(kToken, "/token", "127.0.0.1:80");
  const std::string host = "\x1b[2J" + std::string(5000, 'x');
  grpc::AuthMetadataProcessor::OutputMetadata consumed, response;
  const grpc::Status status =
      guard.Process({{":authority", host}}, nullptr, &consumed, &response);
  EXPECT_EQ(status.error_message().find('\x1b'), std::string::npos);
  EXPECT_LT(status.error_message().size(), 400u);
  EXPECT_NE(status.error_message().find("xxx"), std::string::npos);
}

}  // namespace
}  // namespace faas::rpc
