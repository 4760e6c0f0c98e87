#include "runnerd/admission/handoff_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "common/ipc/unix_socket.h"
#include "handoff/handoff.h"
#include "testing/private_host.h"
#include "testing/status_matchers.h"

namespace faas::runnerd {
namespace {

constexpr uid_t kGateway = 165537;
constexpr int kRefused = 1;
constexpr int kServed = 2;

// Sends an offer as `uid`; whether the channel stays.
int OfferAs(uid_t uid, const std::string& path) {
  if (setresuid(uid, uid, uid) != 0) return 3;
  const auto channel = ipc::Connect(path, SOCK_SEQPACKET);
  if (!channel.ok()) return 4;
  internal::v1::HandoffMessage message;
  message.mutable_offer()->set_connection_id(1);
  message.mutable_offer()->set_function("hello");
  const absl::Status sent =
      handoff::Send(channel->get(), message, STDIN_FILENO);
  pollfd answer = {.fd = channel->get(), .events = POLLIN};
  if (!sent.ok() || poll(&answer, 1, 120'000) != 1) return kRefused;
  const auto incoming = handoff::Receive(channel->get());
  return incoming.ok() && !incoming->end ? kServed : kRefused;
}

class HandoffServerTest : public ::testing::Test {
 protected:
  void Listen(uid_t gateway) {
    run_dir_ = testing::PrivateHostDirectory();
    ASSERT_EQ(chmod(run_dir_.c_str(), 0755), 0);
    auto server = HandoffServer::Listen(
        loop_.get(), run_dir_, gateway,
        {.on_offer =
             [this](HandoffServer::Channel channel,
                    const internal::v1::Offer& offer, base::UniqueFd) {
               ++offers_;
               server_->Reject(channel, offer.connection_id(),
                               internal::v1::Reject::REASON_OVERLOADED, "");
             },
         .on_end = [this](HandoffServer::Channel) { ++ends_; }});
    ASSERT_OK(server);
    server_ = *std::move(server);
    Tick();
  }

  std::string path() const { return run_dir_ + "/handoff.sock"; }

  // What became of an offer by `uid`.
  int Offer(uid_t uid) {
    const pid_t child = fork();
    if (child == 0) _exit(OfferAs(uid, path()));
    int status = 0;
    const absl::Time deadline = absl::Now() + absl::Minutes(3);
    while (waitpid(child, &status, WNOHANG) == 0 && absl::Now() < deadline) {
      loop_->RunOnce();
    }
    return WEXITSTATUS(status);
  }

  const std::unique_ptr<event::EventLoop> loop_ = *event::EventLoop::Create();
  std::string run_dir_;
  std::unique_ptr<HandoffServer> server_;
  int offers_ = 0, ends_ = 0;

 private:
  void Tick() {
    loop_->After(absl::Milliseconds(5), [this] { Tick(); });
  }
};

TEST_F(HandoffServerTest, SocketIsTheGatewaysAlone) {
  Listen(kGateway);
  struct stat st;
  ASSERT_EQ(stat(path().c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, kGateway);
  EXPECT_EQ(st.st_mode & 07777, 0600u);
}

TEST_F(HandoffServerTest, GatewayIsServed) {
  Listen(kGateway);
  EXPECT_EQ(Offer(kGateway), kServed);
  EXPECT_EQ(offers_, 1);
}

TEST_F(HandoffServerTest, RootIsServedIfItIsTheGateway) {
  Listen(0);
  EXPECT_EQ(Offer(0), kServed);
}

TEST_F(HandoffServerTest, OthersAreRefusedEvenIfTheyGetThere) {
  Listen(kGateway);
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Offer(0), kRefused) << "root passes by any mode";
  ASSERT_EQ(chmod(path().c_str(), 0666), 0);
  EXPECT_EQ(Offer(kGateway - 1), kRefused);
  const std::string said = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("[handoff] refused user 0 (process "), std::string::npos)
      << said;
  EXPECT_NE(said.find("[handoff] refused user 165536 "), std::string::npos);
  EXPECT_EQ(offers_, 0);
  EXPECT_EQ(Offer(kGateway), kServed);
}

TEST_F(HandoffServerTest, ARefusedOneDoesNotEndTheChannel) {
  Listen(kGateway);
  int connected[2];
  ASSERT_EQ(pipe2(connected, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (setresuid(kGateway, kGateway, kGateway) != 0) _exit(1);
    const auto channel = ipc::Connect(path(), SOCK_SEQPACKET);
    if (write(connected[1], "c", 1) != 1) _exit(1);
    pause();
  }
  close(connected[1]);
  char byte;
  ASSERT_EQ(read(connected[0], &byte, 1), 1);
  close(connected[0]);
  // Connections are accepted in order: when the next one has its answer, this
  // one has the channel.
  EXPECT_EQ(Offer(0), kRefused);
  EXPECT_EQ(ends_, 0);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (ends_ == 0) loop_->RunOnce();
}

}  // namespace
}  // namespace faas::runnerd
