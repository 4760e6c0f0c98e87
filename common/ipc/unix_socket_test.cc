#include "common/ipc/unix_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::ipc {
namespace {

class UnixSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    a_ = base::UniqueFd(ends[0]);
    b_ = base::UniqueFd(ends[1]);
  }

  static int OpenCount() {
    int count = 0;
    for (int fd = 0; fd < 256; ++fd) count += fcntl(fd, F_GETFD) >= 0;
    return count;
  }

  base::UniqueFd a_, b_;
};

TEST_F(UnixSocketTest, DescriptorArrivesCloseOnExec) {
  const base::UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(Send(a_.get(), "hello", null.get()).ok());
  const auto received = Receive(b_.get(), 100);
  ASSERT_TRUE(received.ok());
  EXPECT_EQ(received->message, "hello");
  ASSERT_EQ(received->fds.size(), 1u);
  EXPECT_EQ(fcntl(received->fds[0].get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(UnixSocketTest, TruncatedMessageIsAnErrorAndLeaksNothing) {
  const base::UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(Send(a_.get(), "hello", null.get()).ok());
  const int before = OpenCount();
  EXPECT_EQ(Receive(b_.get(), 3).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(OpenCount(), before);
}

TEST_F(UnixSocketTest, TooManyDescriptorsAreAnErrorAndLeakNothing) {
  const base::UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  int fds[20];
  for (int& fd : fds) fd = null.get();
  char byte = 'x';
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(fds))] = {};
  msghdr header = {.msg_iov = &data,
                   .msg_iovlen = 1,
                   .msg_control = control,
                   .msg_controllen = sizeof(control)};
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(fds));
  memcpy(CMSG_DATA(rights), fds, sizeof(fds));
  ASSERT_EQ(sendmsg(a_.get(), &header, 0), 1);
  const int before = OpenCount();
  EXPECT_EQ(Receive(b_.get(), 10).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(OpenCount(), before);
}

TEST_F(UnixSocketTest, QueuedMessagesComeBeforeTheEnd) {
  ASSERT_TRUE(Send(a_.get(), "last words", -1).ok());
  a_.reset();
  EXPECT_EQ(Receive(b_.get(), 100)->message, "last words");
  EXPECT_TRUE(Receive(b_.get(), 100)->end);
}

TEST_F(UnixSocketTest, QueuedMessagesOfAPeerThatDidNotReadComeBeforeTheEnd) {
  ASSERT_TRUE(Send(b_.get(), "unread", -1).ok());
  ASSERT_TRUE(Send(a_.get(), "last words", -1).ok());
  a_.reset();
  const auto received = Receive(b_.get(), 100);
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(received->message, "last words");
  EXPECT_TRUE(Receive(b_.get(), 100)->end);
}

TEST_F(UnixSocketTest, SendToAPeerThatIsGoneIsUnavailable) {
  b_.reset();
  EXPECT_EQ(Send(a_.get(), "x", -1).code(), absl::StatusCode::kUnavailable);
}

TEST_F(UnixSocketTest, FullBufferIsResourceExhausted) {
  absl::Status status;
  for (int i = 0; i < 100000 && status.ok(); ++i) {
    status = Send(a_.get(), "x", -1);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(UnixSocketTest, ListenAndConnectWorkBelowAVeryLongPath) {
  std::string pattern = testing::TempDir() + "/unix_socket_testXXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::string deep = pattern + "/" + std::string(200, 'd');
  ASSERT_TRUE(fs::MakeDirectories(deep, 0700).ok());
  const auto dir = fs::Open(deep, O_PATH | O_DIRECTORY);
  ASSERT_TRUE(dir.ok());
  const auto listener = ListenAt(dir->get(), "s", SOCK_STREAM, 1);
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_EQ(Accept(listener->get()).status().code(),
            absl::StatusCode::kUnavailable);
  const auto client = Connect(deep + "/s", SOCK_STREAM);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_TRUE(Accept(listener->get()).ok());
  EXPECT_EQ(Connect(deep + "/nobody", SOCK_STREAM).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(fs::RemoveTree(pattern).ok());
}

}  // namespace
}  // namespace faas::ipc
