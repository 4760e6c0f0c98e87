#include "common/net/hang_up.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"
#include "gtest/gtest.h"

namespace faas::net {
namespace {

class HangUpTest : public testing::Test {
 protected:
  void SetUp() override {
    const base::UniqueFd listener(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in name = SocketAddress({INADDR_LOOPBACK}, 0);
    socklen_t length = sizeof(name);
    auto* address = reinterpret_cast<sockaddr*>(&name);
    ASSERT_EQ(bind(listener.get(), address, length), 0);
    ASSERT_EQ(listen(listener.get(), 1), 0);
    ASSERT_EQ(getsockname(listener.get(), address, &length), 0);
    client_ = base::UniqueFd(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(connect(client_.get(), address, length), 0);
    server_ = base::UniqueFd(accept(listener.get(), nullptr, nullptr));
    ASSERT_TRUE(server_.valid());
  }

  base::UniqueFd client_, server_;
};

TEST_F(HangUpTest, AQuietOrATalkingClientIsThere) {
  EXPECT_FALSE(HasHungUp(server_.get(), true));
  ASSERT_EQ(send(client_.get(), "x", 1, 0), 1);
  EXPECT_FALSE(HasHungUp(server_.get(), true));
}

TEST_F(HangUpTest, OneThatClosedWithoutAWordHasGone) {
  client_.reset();
  EXPECT_TRUE(HasHungUp(server_.get(), true));
}

TEST_F(HangUpTest, OneThatListensOnlyHasNotGoneWhereItNeedNotSpeak) {
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_FALSE(HasHungUp(server_.get(), false));
  EXPECT_TRUE(HasHungUp(server_.get(), true));
}

TEST_F(HangUpTest, OneThatHasSaidAllAwaitsAnAnswer) {
  ASSERT_EQ(send(client_.get(), "x", 1, 0), 1);
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_FALSE(HasHungUp(server_.get(), true));
}

TEST_F(HangUpTest, AResetIsAHangUpWhateverWasSent) {
  ASSERT_EQ(send(client_.get(), "x", 1, 0), 1);
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(setsockopt(client_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now)),
            0);
  client_.reset();
  EXPECT_TRUE(HasHungUp(server_.get(), true));
  EXPECT_TRUE(HasHungUp(server_.get(), false));
}

}  // namespace
}  // namespace faas::net
