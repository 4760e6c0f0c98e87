#include "common/rpc/call_rate.h"

#include <map>
#include <string>

#include "common/rpc/call_guard.h"
#include "common/rpc/method_guard.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

// A context with properties, as gRPC keeps it for a connection.
class NoProperties final : public grpc::AuthPropertyIterator {};

class FakeContext final : public grpc::AuthContext {
 public:
  bool IsPeerAuthenticated() const override { return false; }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return ""; }
  std::vector<grpc::string_ref> FindPropertyValues(
      const std::string& name) const override {
    const auto found = properties_.find(name);
    if (found == properties_.end()) return {};
    return {grpc::string_ref(found->second)};
  }
  grpc::AuthPropertyIterator begin() const override { return NoProperties(); }
  grpc::AuthPropertyIterator end() const override { return NoProperties(); }
  void AddProperty(const std::string& key,
                   const grpc::string_ref& value) override {
    properties_[key] = std::string(value.data(), value.size());
  }
  bool SetPeerIdentityPropertyName(const std::string&) override {
    return false;
  }

 private:
  std::map<std::string, std::string> properties_;
};

class CallRateTest : public testing::Test {
 protected:
  // Returns how many of `count` calls are admitted.
  int Calls(CallRate& rate, FakeContext& connection, int count) {
    int admitted = 0;
    for (int i = 0; i < count; ++i) {
      const grpc::Status status = rate.Admit(&connection, now_);
      if (!status.ok()) {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
      }
      admitted += status.ok();
    }
    return admitted;
  }

  absl::Time now_ = absl::UnixEpoch();
};

TEST_F(CallRateTest, ConnectionHasABurstAndThenItsRate) {
  CallRate rate(10, std::nullopt);
  FakeContext one, two;
  EXPECT_EQ(Calls(rate, one, 1000), CallRate::kBurst);
  EXPECT_EQ(Calls(rate, two, 1000),
            CallRate::kBurst);  // has a limit of its own
  now_ += absl::Seconds(1);
  EXPECT_EQ(Calls(rate, one, 1000), 10);
  now_ += absl::Hours(1);
  EXPECT_EQ(Calls(rate, one, 1000), CallRate::kBurst);
  // A clock that is set back neither gives calls nor ends them.
  now_ -= absl::Hours(2);
  EXPECT_EQ(Calls(rate, one, 1000), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Calls(rate, one, 1000), 10);
}

TEST_F(CallRateTest, AllTogetherHaveOneToo) {
  CallRate rate(1000, 10);
  int admitted = 0;
  for (int i = 0; i < 10; ++i) {
    FakeContext connection;
    admitted += Calls(rate, connection, 50);
  }
  EXPECT_EQ(admitted, CallRate::kBurstOfAll);
  now_ += absl::Seconds(1);
  FakeContext connection;
  EXPECT_EQ(Calls(rate, connection, 50), 10);
}

TEST_F(CallRateTest, ConnectionsThatAreQuietAreForgotten) {
  CallRate rate(10, std::nullopt);
  for (int i = 0; i < 100'000; ++i) {
    FakeContext connection;
    EXPECT_EQ(Calls(rate, connection, 1), 1);
    now_ += absl::Milliseconds(10);
  }
  EXPECT_LT(rate.connections(), 1000u);
}

TEST_F(CallRateTest, WhatAGuardRefusesDoesNotCount) {
  CallGuard guard(
      std::make_shared<MethodGuard>(std::vector<std::string>{"/a.B/Read"}),
      std::make_shared<CallRate>(1, std::nullopt));
  FakeContext connection;
  grpc::AuthMetadataProcessor::OutputMetadata consumed, response;
  const auto call = [&](const std::string& path) {
    return guard.Process({{":path", path}}, &connection, &consumed, &response)
        .error_code();
  };
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(call("/a.B/Write"), grpc::StatusCode::PERMISSION_DENIED);
  }
  EXPECT_EQ(call("/a.B/Read"), grpc::StatusCode::OK);
  EXPECT_EQ(call("/a.B/Read/"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(call(""), grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace faas::rpc
