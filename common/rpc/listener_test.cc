#include "common/rpc/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/rpc/control_listener.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

class ListenerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/listener_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::string dir_;
};

TEST_F(ListenerTest, SocketHasItsNameModeAndGroup) {
  const std::string path = dir_ + "/s.sock";
  ASSERT_TRUE(Listener::Unix(path, getegid()).ok());  // replaces the first
  const auto listener = Listener::Unix(path, getegid());
  ASSERT_TRUE(listener.ok()) << listener.status();
  struct stat st;
  ASSERT_EQ(stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0660u);
  EXPECT_EQ(st.st_gid, getegid());
  EXPECT_EQ(fs::ListDirectory(dir_)->size(), 1u);
  // A client that connects waits until somebody accepts.
  const auto client = ipc::Connect(path, SOCK_STREAM);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_TRUE(ipc::Accept(listener->fd()).ok());
}

TEST_F(ListenerTest, PathsThatAreTooLongSayWhatToDo) {
  const auto listener = Listener::Unix(
      dir_ + "/" + std::string(sizeof(sockaddr_un::sun_path), 'x'), getegid());
  EXPECT_EQ(listener.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(listener.status().message().find("--run_dir"),
            absl::string_view::npos);
}

TEST_F(ListenerTest, LoopbackIsLocalAndTheRestIsNot) {
  const auto local = [](const std::string& address) {
    const auto listeners = Listener::Tcp(address);
    EXPECT_TRUE(listeners.ok()) << listeners.status();
    return listeners.ok() && listeners->front().local();
  };
  EXPECT_TRUE(local("127.0.0.1:0"));
  EXPECT_TRUE(local("127.1.2.3:0"));
  EXPECT_FALSE(local("0.0.0.0:0"));
  EXPECT_FALSE(local(":0"));
  for (const char* address : {"", "localhost", "127.0.0.1:http", "a b:1"}) {
    EXPECT_FALSE(Listener::Tcp(address).ok()) << address;
  }
}

// Puts the socket at number 22, the twentieth of the descriptors that begin
// with 3.
TEST_F(ListenerTest, SystemdsSocketIsFoundByItsName) {
  constexpr int kPassed = 22;
  auto made = Listener::Tcp("127.0.0.1:0");
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(dup2(made->front().fd(), kPassed), kPassed);
  std::string names;
  for (int fd = 3; fd < kPassed; ++fd) names += "other:";
  setenv("LISTEN_FDNAMES", (names + "control").c_str(), 1);
  setenv("LISTEN_PID", "1", 1);  // belongs to another process
  EXPECT_FALSE(Listener::FromSystemd("control").ok());
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_FALSE(Listener::FromSystemd("none").ok());
  const auto passed = Listener::FromSystemd("control");
  ASSERT_TRUE(passed.ok()) << passed.status();
  EXPECT_EQ(passed->fd(), kPassed);
  EXPECT_TRUE(passed->local());
  EXPECT_EQ(passed->name().find("127.0.0.1:"), 0u) << passed->name();
  unsetenv("LISTEN_FDNAMES");
  unsetenv("LISTEN_PID");
}

TEST_F(ListenerTest, AddressOfAnotherHostIsUnavailable) {
  const auto listeners = Listener::Tcp("192.0.2.1:0");
  EXPECT_EQ(listeners.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(listeners.status().message().find("192.0.2.1:0"),
            absl::string_view::npos);
  EXPECT_TRUE(Listener::Tcp("localhost:0").ok());
}

TEST_F(ListenerTest, AddressInUseIsUnavailable) {
  const auto first = Listener::Tcp("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  sockaddr_in bound;
  socklen_t size = sizeof(bound);
  ASSERT_EQ(getsockname(first->front().fd(),
                        reinterpret_cast<sockaddr*>(&bound), &size),
            0);
  const std::string address =
      "127.0.0.1:" + std::to_string(ntohs(bound.sin_port));
  const auto second = Listener::Tcp(address);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(second.status().message().find(address), absl::string_view::npos);
}

TEST_F(ListenerTest, ControlListenerNeedsWhatItsAddressNeeds) {
  const auto open = [this](const std::string& address, TlsFiles tls) {
    return ControlListener::Open({.address = address,
                                  .token_file = dir_ + "/token",
                                  .tls = std::move(tls)});
  };
  EXPECT_TRUE(open("127.0.0.1:0", {}).ok());
  EXPECT_EQ(access((dir_ + "/token").c_str(), R_OK), 0);
  for (const TlsFiles& tls : {TlsFiles{}, TlsFiles{"c", "k", ""},
                              TlsFiles{"c", "", "a"}, TlsFiles{"", "k", "a"}}) {
    const auto remote = open("0.0.0.0:0", tls);
    EXPECT_EQ(remote.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(remote.status().message().find("--tls_client_ca"),
              absl::string_view::npos);
  }
  const auto missing = open("0.0.0.0:0", {"/no/c", "/no/k", "/no/a"});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace faas::rpc
