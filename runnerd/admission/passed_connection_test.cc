#include "runnerd/admission/passed_connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

namespace faas::runnerd {
namespace {

constexpr net::Ipv4 kLocalhost = {INADDR_LOOPBACK};

base::UniqueFd Socket(int domain, int type, int protocol = 0) {
  return base::UniqueFd(socket(domain, type | SOCK_CLOEXEC, protocol));
}

sockaddr_in NameOf(int socket) {
  sockaddr_in name = {};
  socklen_t length = sizeof(name);
  getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length);
  return name;
}

// Opens a listener and a connection to it, and accepts the connection.
class PassedConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const sockaddr_in any = net::SocketAddress(kLocalhost, 0);
    ASSERT_EQ(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any),
                   sizeof(any)),
              0);
    ASSERT_EQ(listen(listener_.get(), 1), 0);
    const sockaddr_in name = NameOf(listener_.get());
    function_ = Endpoint{kLocalhost, ntohs(name.sin_port)};
    ASSERT_EQ(connect(client_.get(), reinterpret_cast<const sockaddr*>(&name),
                      sizeof(name)),
              0);
    accepted_ = base::UniqueFd(
        accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(accepted_.valid());
  }

  // Returns why `fd` is not a connection of `function_`; "" if it is one.
  std::string Check(int fd) const {
    const absl::Status status = CheckConnection(fd, function_);
    EXPECT_EQ(status.ok() || absl::IsPermissionDenied(status), true) << status;
    return std::string(status.message());
  }

  base::UniqueFd listener_ = Socket(AF_INET, SOCK_STREAM);
  base::UniqueFd client_ = Socket(AF_INET, SOCK_STREAM);
  base::UniqueFd accepted_;
  Endpoint function_;
};

TEST_F(PassedConnectionTest, AcceptedConnectionPasses) {
  EXPECT_EQ(Check(accepted_.get()), "");
  EXPECT_TRUE(CheckConnection(accepted_.get(), absl::nullopt).ok());
}

TEST_F(PassedConnectionTest, ConnectionThatEndedOrWasResetPasses) {
  shutdown(client_.get(), SHUT_WR);
  EXPECT_EQ(Check(accepted_.get()), "");
  const linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(client_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  client_.reset();
  sockaddr_in peer;
  socklen_t length = sizeof(peer);
  ASSERT_NE(
      getpeername(accepted_.get(), reinterpret_cast<sockaddr*>(&peer), &length),
      0)
      << "it was reset";
  EXPECT_EQ(Check(accepted_.get()), "");
}

TEST_F(PassedConnectionTest, ConnectionOfAnotherAddressIsRefused) {
  // The client's end has a port of its own.
  EXPECT_NE(Check(client_.get()).find("passed a socket of 127.0.0.1:"),
            std::string::npos);
  function_.address = {INADDR_LOOPBACK + 1};
  EXPECT_NE(Check(accepted_.get()).find("passed a socket of 127.0.0.1:"),
            std::string::npos);
}

TEST_F(PassedConnectionTest, ListeningSocketIsRefused) {
  EXPECT_EQ(Check(listener_.get()),
            "gatewayd passed a listening socket in place of a connection");
  EXPECT_FALSE(CheckConnection(listener_.get(), absl::nullopt).ok());
}

TEST_F(PassedConnectionTest, SocketThatWasNeverConnectedIsRefused) {
  const base::UniqueFd fresh = Socket(AF_INET, SOCK_STREAM);
  EXPECT_NE(Check(fresh.get()).find("passed a socket of 0.0.0.0:0"),
            std::string::npos);
}

TEST_F(PassedConnectionTest, OtherSocketsAreRefused) {
  for (const auto& other :
       {Socket(AF_INET, SOCK_DGRAM), Socket(AF_INET6, SOCK_STREAM),
        Socket(AF_UNIX, SOCK_STREAM), Socket(AF_NETLINK, SOCK_RAW),
        Socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)}) {
    if (!other.valid()) continue;  // the kernel has no such sockets
    EXPECT_EQ(Check(other.get()),
              "gatewayd passed a socket of another kind in place of a "
              "connection");
  }
  // A connected UDP socket has the same address and port.
  const base::UniqueFd udp = Socket(AF_INET, SOCK_DGRAM);
  const sockaddr_in name = NameOf(listener_.get());
  const auto* const address = reinterpret_cast<const sockaddr*>(&name);
  ASSERT_EQ(bind(udp.get(), address, sizeof(name)), 0);
  ASSERT_EQ(connect(udp.get(), address, sizeof(name)), 0);
  EXPECT_NE(Check(udp.get()), "");
}

TEST_F(PassedConnectionTest, RawSocketOfTcpIsRefused) {
  const base::UniqueFd raw = Socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
  if (!raw.valid()) GTEST_SKIP() << "no raw sockets without CAP_NET_RAW";
  EXPECT_NE(Check(raw.get()), "");
}

TEST_F(PassedConnectionTest, FilesAreRefused) {
  for (const char* path : {"/etc/passwd", "/", "/dev/null"}) {
    const base::UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(file.valid()) << path;
    EXPECT_EQ(Check(file.get()),
              "gatewayd passed what is no socket in place of a connection");
  }
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd in(ends[0]), out(ends[1]);
  EXPECT_NE(Check(out.get()), "");
}

}  // namespace
}  // namespace faas::runnerd
