#include "gatewayd/listener_table.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "testing/http.h"
#include "testing/status_matchers.h"

namespace faas::gatewayd {
namespace {

using testing::TestConnection;

constexpr char kAddress[] = "10.0.0.10";
constexpr uint16_t kPort = 80;

// A table with one function, on the lo of a network of the test's own.
class ListenerTableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto table = ListenerTable::Create(
        loop_.get(), {.pool = *net::ParseIpv4Prefix("10.0.0.0/24")},
        [this](Accepted accepted, const std::string&) {
          accepted_.push_back(std::move(accepted));
        });
    ASSERT_OK(table);
    table_ = *std::move(table);
    Tick();
  }

  void Apply(v1::FunctionOptions::Protocol protocol) {
    function::FunctionState state;
    v1::Function& function = state.functions["hello"];
    function.set_name("hello");
    function.set_address(kAddress);
    function.set_port(kPort);
    function.mutable_options()->set_protocol(protocol);
    table_->Apply(state);
  }

  TestConnection Connect() {
    absl::StatusOr<TestConnection> connection =
        TestConnection::Open(kAddress, kPort);
    EXPECT_OK(connection);
    return *std::move(connection);
  }

  bool RunUntil(const std::function<bool()>& done) {
    const absl::Time deadline = absl::Now() + absl::Minutes(2);
    while (!done() && absl::Now() < deadline) loop_->RunOnce();
    return done();
  }
  bool RunUntilAccepted(size_t count) {
    return RunUntil([&] { return accepted_.size() >= count; });
  }

  static std::string Peer(const Accepted& accepted) {
    return net::ToString(accepted.peer) + ":" +
           std::to_string(accepted.peer_port);
  }

  const std::unique_ptr<event::EventLoop> loop_ = *event::EventLoop::Create();
  std::vector<Accepted> accepted_;
  std::unique_ptr<ListenerTable> table_;

 private:
  void Tick() {
    loop_->After(absl::Milliseconds(5), [this] { Tick(); });
  }
};

TEST_F(ListenerTableTest, HttpIsAcceptedWhenTheClientHasSpoken) {
  Apply(v1::FunctionOptions::PROTOCOL_UNSPECIFIED);
  const TestConnection silent = Connect();
  TestConnection speaks = Connect();
  ASSERT_OK(speaks.Send("GET / HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(RunUntilAccepted(1));
  EXPECT_EQ(Peer(accepted_[0]), speaks.LocalAddress());
  EXPECT_EQ(accepted_[0].protocol, Protocol::kHttp);
  // What kDeferAcceptSeconds says of Linux.
  ASSERT_TRUE(RunUntilAccepted(2));
  EXPECT_EQ(Peer(accepted_[1]), silent.LocalAddress());
}

TEST_F(ListenerTableTest, TcpIsAcceptedAtOnce) {
  Apply(v1::FunctionOptions::PROTOCOL_TCP);
  const TestConnection silent = Connect();
  TestConnection speaks = Connect();
  ASSERT_OK(speaks.Send("hello"));
  ASSERT_TRUE(RunUntilAccepted(2));
  EXPECT_EQ(Peer(accepted_[0]), silent.LocalAddress());
  EXPECT_EQ(accepted_[0].protocol, Protocol::kTcp);
}

TEST_F(ListenerTableTest, ProtocolChangesWhileItListens) {
  Apply(v1::FunctionOptions::PROTOCOL_HTTP);
  Apply(v1::FunctionOptions::PROTOCOL_TCP);
  const TestConnection first = Connect();
  TestConnection second = Connect();
  ASSERT_OK(second.Send("hello"));
  ASSERT_TRUE(RunUntilAccepted(2));
  EXPECT_EQ(Peer(accepted_[0]), first.LocalAddress());
  EXPECT_EQ(accepted_[0].protocol, Protocol::kTcp);
  Apply(v1::FunctionOptions::PROTOCOL_HTTP);
  const TestConnection third = Connect();
  TestConnection fourth = Connect();
  ASSERT_OK(fourth.Send("hello"));
  ASSERT_TRUE(RunUntilAccepted(3));
  EXPECT_EQ(Peer(accepted_[2]), fourth.LocalAddress());
  EXPECT_EQ(accepted_[2].protocol, Protocol::kHttp);
}

TEST_F(ListenerTableTest, RestingListenerAcceptsAllLater) {
  Apply(v1::FunctionOptions::PROTOCOL_TCP);
  table_->Rest("no-function");
  table_->Rest("hello");
  table_->Rest("hello");
  const absl::Time begin = event::EventLoop::Now();
  const TestConnection first = Connect();
  const TestConnection second = Connect();
  ASSERT_TRUE(RunUntilAccepted(1));
  EXPECT_GE(event::EventLoop::Now() - begin, kRestTime / 2);
  EXPECT_EQ(accepted_.size(), 2u) << "in one turn";
  const TestConnection third = Connect();
  EXPECT_TRUE(RunUntilAccepted(3));
}

// While it lives, this process can open nothing but what it closes.
class ScopedNoDescriptors {
 public:
  ScopedNoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &old_);
    const int free = dup(0);  // the lowest that is free
    close(free);
    const rlimit none = {static_cast<rlim_t>(free), old_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~ScopedNoDescriptors() { setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_;
};

TEST_F(ListenerTableTest, OutOfDescriptorsHttpIsAnswered) {
  Apply(v1::FunctionOptions::PROTOCOL_HTTP);
  TestConnection client = Connect();
  ASSERT_OK(client.Send("GET / HTTP/1.1\r\n\r\n"));
  const ScopedNoDescriptors none;
  char byte;
  ASSERT_TRUE(RunUntil([&] {
    return recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  }));
  const auto answer = client.ReadToEnd();
  ASSERT_OK(answer);
  const testing::HttpResponse response = testing::ParseHttpResponse(*answer);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("X-Faasd-Error"), "out-of-descriptors");
  EXPECT_EQ(response.Header("Retry-After"), "1");
  EXPECT_TRUE(accepted_.empty());
}

TEST_F(ListenerTableTest, OutOfDescriptorsTcpIsJustClosed) {
  Apply(v1::FunctionOptions::PROTOCOL_TCP);
  const TestConnection client = Connect();
  const ScopedNoDescriptors none;
  char byte;
  EXPECT_TRUE(
      RunUntil([&] { return recv(client.fd(), &byte, 1, MSG_DONTWAIT) == 0; }));
  EXPECT_TRUE(accepted_.empty());
}

}  // namespace
}  // namespace faas::gatewayd
