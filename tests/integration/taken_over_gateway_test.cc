// Tests what an attacker who controls gatewayd can make runnerd pass to a
// container.

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.h"
#include "common/ipc/unix_socket.h"
#include "common/net/ipv4.h"
#include "handoff/handoff.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr net::Ipv4 kFunction = {0x0a00000a};  // 10.0.0.10
constexpr net::Ipv4 kLocalhost = {INADDR_LOOPBACK};
constexpr uint16_t kPort = 80;

class TakenOverGatewayTest : public PlatformTestBase {
 protected:
  // Deploys a function and takes gatewayd's place.
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(StartAlone());
    ASSERT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
    ASSERT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
    platform().daemon("gatewayd")->Kill();
    auto channel =
        ipc::Connect(platform().run_dir() + "/handoff.sock", SOCK_SEQPACKET);
    ASSERT_OK(channel);
    channel_ = *std::move(channel);
  }

  static base::UniqueFd Listen(net::Ipv4 address, uint16_t port) {
    base::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    const sockaddr_in name = net::SocketAddress(address, port);
    EXPECT_EQ(
        bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)),
        0);
    EXPECT_EQ(listen(fd.get(), 1), 0);
    return fd;
  }

  // Offers `fd` as a connection of the function and returns runnerd's answer.
  internal::v1::HandoffMessage Offer(int fd) {
    internal::v1::HandoffMessage message;
    internal::v1::Offer& offer = *message.mutable_offer();
    offer.set_connection_id(++id_);
    offer.set_function("a");
    offer.set_peer("10.0.0.1:1234");
    EXPECT_OK(handoff::Send(channel_.get(), message, fd));
    pollfd answer = {.fd = channel_.get(), .events = POLLIN};
    EXPECT_EQ(poll(&answer, 1, absl::ToInt64Milliseconds(kSoon)), 1);
    const auto incoming = handoff::Receive(channel_.get());
    EXPECT_OK(incoming);
    return incoming.ok() ? incoming->message : internal::v1::HandoffMessage();
  }

  void ExpectRefused(int fd, const std::string& why) {
    const size_t offset = platform().log().Size();
    const internal::v1::HandoffMessage answer = Offer(fd);
    EXPECT_EQ(answer.reject().reason(),
              internal::v1::Reject::REASON_NOT_ITS_CONNECTION)
        << answer.ShortDebugString();
    EXPECT_TRUE(platform().log().WaitFor(
        "^\\[handoff\\] gatewayd passed " + why + ".* to a$", kSoon, offset));
  }

  base::UniqueFd channel_;
  uint64_t id_ = 0x100;
};

// The tests below are refused because of what they offer, not because of how.
TEST_F(TakenOverGatewayTest, AConnectionToTheFunctionIsServed) {
  const base::UniqueFd listener = Listen(kFunction, kPort);
  TestConnection client = Request("10.0.0.10", "/ok");
  base::UniqueFd accepted(
      accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const internal::v1::HandoffMessage answer = Offer(accepted.get());
  EXPECT_TRUE(answer.has_commit()) << answer.ShortDebugString();
  accepted.reset();
  const auto said = client.ReadToEnd();
  ASSERT_OK(said);
  EXPECT_EQ(ParseHttpResponse(*said).body, "ok\n");
}

TEST_F(TakenOverGatewayTest, AConnectionThatWasResetIsNoAttack) {
  const base::UniqueFd listener = Listen(kFunction, kPort);
  TestConnection client = Request("10.0.0.10", "/ok");
  const base::UniqueFd accepted(
      accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  client.Reset();
  const internal::v1::HandoffMessage answer = Offer(accepted.get());
  EXPECT_EQ(answer.reject().reason(), internal::v1::Reject::REASON_CLIENT_GONE)
      << answer.ShortDebugString();
}

TEST_F(TakenOverGatewayTest, FilesAndOtherSocketsAreRefused) {
  const base::UniqueFd file(open("/etc/shadow", O_RDONLY | O_CLOEXEC));
  ExpectRefused(file.get(), "what is no socket");
  const base::UniqueFd root(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  ExpectRefused(root.get(), "what is no socket");
  const base::UniqueFd udp(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ExpectRefused(udp.get(), "a socket of another kind");
  const base::UniqueFd unix_socket(
      socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ExpectRefused(unix_socket.get(), "a socket of another kind");
  const base::UniqueFd listener = Listen(kFunction, kPort);
  ExpectRefused(listener.get(), "a listening socket");
}

TEST_F(TakenOverGatewayTest, ConnectionsOfOthersAreRefused) {
  const base::UniqueFd listener = Listen(kLocalhost, kPort);
  TestConnection client = Request("127.0.0.1", "/ok");
  const base::UniqueFd accepted(
      accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ExpectRefused(accepted.get(), "a socket of 127.0.0.1:80");
  ExpectRefused(client.fd(), "a socket of 127.0.0.1:");
}

}  // namespace
}  // namespace faas::testing
