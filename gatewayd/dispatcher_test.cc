#include "gatewayd/dispatcher.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "gtest/gtest.h"
#include "handoff/handoff.h"

namespace faas::gatewayd {
namespace {

// Plays runnerd against a real dispatcher, in one thread.
class DispatcherTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/dispatcher_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    dir_fd_ = *fs::Open(dir_, O_PATH | O_DIRECTORY);
    loop_ = *event::EventLoop::Create();
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  void Start(absl::Duration handoff_timeout = absl::Seconds(60),
             size_t max_pending = 100) {
    dispatcher_ = std::make_unique<Dispatcher>(
        loop_.get(),
        Dispatcher::Options{.handoff_socket = dir_ + "/" + handoff::kSocketName,
                            .max_pending = max_pending,
                            .handoff_timeout = handoff_timeout,
                            .on_overload = [this](const std::string& function) {
                              overloaded_.push_back(function);
                            }});
  }

  void Listen() {
    listener_ =
        *ipc::ListenAt(dir_fd_.get(), handoff::kSocketName, SOCK_SEQPACKET, 1);
  }

  // Runs the loop until `done`, for two minutes at most.
  bool RunUntil(std::function<bool()> done) {
    const absl::Time deadline = absl::Now() + absl::Minutes(2);
    bool result = false;
    std::function<void()> check = [&] {
      result = done();
      if (result || absl::Now() > deadline) {
        finished_ = true;
        return;
      }
      loop_->After(absl::Milliseconds(1), check);
    };
    check();
    while (!finished_) loop_->RunOnce();
    finished_ = false;
    return result;
  }

  void AcceptChannel() {
    ASSERT_TRUE(RunUntil([&] {
      auto channel = ipc::Accept(listener_.get());
      if (channel.ok()) channel_ = *std::move(channel);
      return channel.ok();
    }));
  }

  handoff::Incoming NextOffer() {
    handoff::Incoming result;
    EXPECT_TRUE(RunUntil([&] {
      auto incoming = handoff::Receive(channel_.get());
      if (incoming.ok()) result = *std::move(incoming);
      return incoming.ok();
    }));
    return result;
  }

  // A client, and its connection as accepted.
  base::UniqueFd AddClient(const std::string& function,
                           Protocol protocol = Protocol::kHttp) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    dispatcher_->Add({base::UniqueFd(ends[0]), {0x7f000001}, 1234, protocol},
                     function);
    return base::UniqueFd(ends[1]);
  }

  // The same over TCP, which knows resets and half-closed connections.
  base::UniqueFd AddTcpClient(const std::string& function, Protocol protocol) {
    const net::Ipv4 localhost = {INADDR_LOOPBACK};
    const base::UniqueFd listener = *ListenTcp(localhost, 0);
    sockaddr_in name;
    socklen_t length = sizeof(name);
    EXPECT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name),
                          &length),
              0);
    base::UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&name), length),
              0);
    absl::StatusOr<Accepted> accepted = AcceptTcp(listener.get());
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    accepted->protocol = protocol;
    dispatcher_->Add(*std::move(accepted), function);
    return client;
  }

  void Reject(uint64_t id, internal::v1::Reject::Reason reason) {
    internal::v1::HandoffMessage message;
    message.mutable_reject()->set_connection_id(id);
    message.mutable_reject()->set_reason(reason);
    EXPECT_TRUE(handoff::Send(channel_.get(), message).ok());
  }

  std::string ReadAll(int client) {
    std::string data;
    EXPECT_TRUE(RunUntil([&] {
      char buffer[4096];
      const ssize_t n = recv(client, buffer, sizeof(buffer), MSG_DONTWAIT);
      if (n > 0) data.append(buffer, n);
      return n == 0;
    }));
    return data;
  }

  std::string dir_;
  base::UniqueFd dir_fd_, listener_, channel_;
  std::unique_ptr<event::EventLoop> loop_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::vector<std::string> overloaded_;
  bool finished_ = false;
};

TEST_F(DispatcherTest, CommitClosesOurCopy) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("hello");
  handoff::Incoming offer = NextOffer();
  EXPECT_EQ(offer.message.offer().function(), "hello");
  EXPECT_EQ(offer.message.offer().peer(), "127.0.0.1:1234");
  internal::v1::HandoffMessage commit;
  commit.mutable_commit()->set_connection_id(
      offer.message.offer().connection_id());
  ASSERT_TRUE(handoff::Send(channel_.get(), commit).ok());
  EXPECT_TRUE(RunUntil([&] { return dispatcher_->pending() == 0; }));
  ASSERT_EQ(write(offer.fd.get(), "answer", 6), 6);
  offer.fd.reset();
  EXPECT_EQ(ReadAll(client.get()), "answer");
  EXPECT_EQ(dispatcher_->CountersOf("hello").committed, 1u);
}

TEST_F(DispatcherTest, RejectedConnectionIsAnswered) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("hello");
  handoff::Incoming offer = NextOffer();
  offer.fd.reset();
  internal::v1::HandoffMessage reject;
  reject.mutable_reject()->set_connection_id(
      offer.message.offer().connection_id());
  reject.mutable_reject()->set_reason(
      internal::v1::Reject::REASON_START_TIMEOUT);
  ASSERT_TRUE(handoff::Send(channel_.get(), reject).ok());
  EXPECT_TRUE(absl::StartsWith(ReadAll(client.get()), "HTTP/1.1 504 "));
}

TEST_F(DispatcherTest, OverloadIsToldOnlyOfOne) {
  Listen();
  Start();
  AcceptChannel();
  for (const auto& [function, reason] :
       {std::pair{"a", internal::v1::Reject::REASON_QUEUE_FULL},
        std::pair{"b", internal::v1::Reject::REASON_START_FAILED},
        std::pair{"c", internal::v1::Reject::REASON_OVERLOADED}}) {
    const base::UniqueFd client = AddClient(function);
    Reject(NextOffer().message.offer().connection_id(), reason);
    EXPECT_NE(ReadAll(client.get()), "");
  }
  EXPECT_EQ(overloaded_, (std::vector<std::string>{"a", "c"}));
}

TEST_F(DispatcherTest, UncommittedConnectionsAreOfferedAgainInOrder) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd a = AddClient("a"), b = AddClient("b");
  const uint64_t first = NextOffer().message.offer().connection_id();
  const uint64_t second = NextOffer().message.offer().connection_id();
  const base::UniqueFd c = AddClient("c");
  channel_.reset();  // runnerd dies
  AcceptChannel();   // and is back
  EXPECT_EQ(NextOffer().message.offer().connection_id(), first);
  EXPECT_EQ(NextOffer().message.offer().connection_id(), second);
  EXPECT_EQ(NextOffer().message.offer().function(), "c");
}

TEST_F(DispatcherTest, CommitJustBeforeTheEndIsHonoured) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("a");
  internal::v1::HandoffMessage commit;
  {
    const handoff::Incoming offer = NextOffer();
    commit.mutable_commit()->set_connection_id(
        offer.message.offer().connection_id());
  }
  ASSERT_TRUE(handoff::Send(channel_.get(), commit).ok());
  channel_.reset();
  AcceptChannel();
  EXPECT_EQ(dispatcher_->pending(), 0u);
  EXPECT_EQ(ReadAll(client.get()), "");  // closed, never answered twice
}

TEST_F(DispatcherTest, ConnectionsWaitForARunnerThatComesLater) {
  Start();
  const base::UniqueFd client = AddClient("a");
  Listen();
  AcceptChannel();
  EXPECT_EQ(NextOffer().message.offer().function(), "a");
}

TEST_F(DispatcherTest, WithoutARunnerTheAnswerIs503InTime) {
  Start(absl::Milliseconds(1));
  const base::UniqueFd client = AddClient("a");
  const std::string answer = ReadAll(client.get());
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 503 "));
  EXPECT_TRUE(absl::StrContains(answer, "X-Faasd-Error: runner-away"));
}

TEST_F(DispatcherTest,
       RunnerThatDoesNotAnswerLosesTheChannelThenTheClientGets504) {
  Listen();
  Start(absl::Milliseconds(100));
  AcceptChannel();
  const base::UniqueFd client = AddClient("a");
  const handoff::Incoming offer = NextOffer();
  EXPECT_TRUE(absl::StartsWith(ReadAll(client.get()), "HTTP/1.1 504 "));
  internal::v1::HandoffMessage commit;
  commit.mutable_commit()->set_connection_id(
      offer.message.offer().connection_id());
  EXPECT_FALSE(handoff::Send(channel_.get(), commit).ok());
}

TEST_F(DispatcherTest, BeyondTheLimitTheAnswerIs503AtOnce) {
  Start(absl::Seconds(60), /*max_pending=*/1);
  const base::UniqueFd first = AddClient("a");
  const base::UniqueFd second = AddClient("a");
  EXPECT_TRUE(absl::StrContains(ReadAll(second.get()), "too-many-pending"));
  EXPECT_EQ(dispatcher_->pending(), 1u);
}

TEST_F(DispatcherTest, OtherProtocolsThanHttpAreJustClosed) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("a", Protocol::kTcp);
  Reject(NextOffer().message.offer().connection_id(),
         internal::v1::Reject::REASON_START_FAILED);
  EXPECT_EQ(ReadAll(client.get()), "");
  const base::UniqueFd last = AddClient("a", Protocol::kTcp);
  dispatcher_->Shutdown();
  NextOffer();  // runnerd's copy, which it closes
  EXPECT_EQ(ReadAll(last.get()), "");
  EXPECT_EQ(dispatcher_->CountersOf("a").rejected, 2u);
}

TEST_F(DispatcherTest, NothingIsSaidToAClientThatHasGone) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("a");
  Reject(NextOffer().message.offer().connection_id(),
         internal::v1::Reject::REASON_CLIENT_GONE);
  EXPECT_EQ(ReadAll(client.get()), "");
  EXPECT_EQ(dispatcher_->CountersOf("a").rejected, 1u);
}

TEST_F(DispatcherTest, ClientsThatLeaveMeanwhileAreNotOffered) {
  Start();
  base::UniqueFd ended = AddTcpClient("ended", Protocol::kHttp);
  ended.reset();
  base::UniqueFd reset = AddTcpClient("reset", Protocol::kTcp);
  ASSERT_EQ(write(reset.get(), "x", 1), 1);  // which a reset outlives
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(reset.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  reset.reset();
  const base::UniqueFd stays = AddTcpClient("stays", Protocol::kHttp);
  Listen();
  AcceptChannel();
  EXPECT_EQ(NextOffer().message.offer().function(), "stays");
  EXPECT_EQ(dispatcher_->CountersOf("ended").rejected, 1u);
  EXPECT_EQ(dispatcher_->CountersOf("reset").rejected, 1u);
}

TEST_F(DispatcherTest, ClientThatLeavesAfterAnOfferIsNotOfferedAgain) {
  Listen();
  Start();
  AcceptChannel();
  base::UniqueFd client = AddTcpClient("a", Protocol::kHttp);
  NextOffer();
  client.reset();
  channel_.reset();
  const base::UniqueFd next = AddClient("b");
  AcceptChannel();
  EXPECT_EQ(NextOffer().message.offer().function(), "b");
}

TEST_F(DispatcherTest, ClientsThatHaveSaidAllAreOffered) {
  Start();
  const base::UniqueFd asked = AddTcpClient("asked", Protocol::kHttp);
  ASSERT_EQ(write(asked.get(), "GET", 3), 3);
  shutdown(asked.get(), SHUT_WR);
  // It may be the function that speaks.
  const base::UniqueFd listens = AddTcpClient("listens", Protocol::kTcp);
  shutdown(listens.get(), SHUT_WR);
  Listen();
  AcceptChannel();
  EXPECT_EQ(NextOffer().message.offer().function(), "asked");
  EXPECT_EQ(NextOffer().message.offer().function(), "listens");
}

TEST_F(DispatcherTest, ChannelComesUpWhenConnectionsHaveAllDescriptors) {
  Listen();
  Start();
  AcceptChannel();
  const base::UniqueFd client = AddClient("a");
  NextOffer();
  std::vector<base::UniqueFd> all;
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const int last = dup(0);
  ASSERT_GE(last, 0);
  const rlimit low = {static_cast<rlim_t>(last), old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  channel_.reset();
  EXPECT_TRUE(RunUntil([&] {
    while (true) {  // whatever is free is somebody's
      base::UniqueFd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!fd.valid()) break;
      all.push_back(std::move(fd));
    }
    pollfd connecting = {.fd = listener_.get(), .events = POLLIN};
    return poll(&connecting, 1, 0) == 1;
  }));
  setrlimit(RLIMIT_NOFILE, &old);
  close(last);
  all.clear();
  AcceptChannel();
  EXPECT_EQ(NextOffer().message.offer().function(), "a");
}

}  // namespace
}  // namespace faas::gatewayd
