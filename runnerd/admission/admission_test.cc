#include "runnerd/admission/admission.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/ipc/unix_socket.h"
#include "common/net/ipv4.h"
#include "handoff/handoff.h"
#include "testing/private_host.h"
#include "testing/status_matchers.h"

namespace faas::runnerd {
namespace {

using Reason = internal::v1::Reject::Reason;
using internal::v1::Reject;

constexpr uint64_t kNone = 0;

bool Always(const std::string&) { return true; }
bool Never(const std::string&) { return false; }

// Plays gatewayd, which offers connections, and the Runner, which takes them.
class AdmissionTest : public ::testing::Test, private Admission::Owner {
 protected:
  void SetUp() override {
    options_.run_dir = testing::PrivateHostDirectory();
    options_.limits = {
        .max_active = 2, .max_waiting = 3, .overload_after = absl::Seconds(60)};
    admission_.emplace(loop_.get(), options_,
                       static_cast<Admission::Owner*>(this));
    ASSERT_OK(admission_->Listen());
    Connect();
    const sockaddr_in any = net::SocketAddress({INADDR_LOOPBACK}, 0);
    ASSERT_EQ(bind(listener_.get(), Address(any), sizeof(any)), 0);
    ASSERT_EQ(listen(listener_.get(), 16), 0);
    Tick();
  }

  void Connect() {
    auto channel =
        ipc::Connect(options_.run_dir + "/handoff.sock", SOCK_SEQPACKET);
    ASSERT_OK(channel);
    channel_ = *std::move(channel);
  }

  // Offers a connection and waits until Admission has seen it. Returns the
  // client's end.
  base::UniqueFd Offer(uint64_t id, const std::string& function = "hello") {
    sockaddr_in name = {};
    socklen_t length = sizeof(name);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &length);
    base::UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(client.get(), Address(name), sizeof(name)), 0);
    const base::UniqueFd accepted(
        accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    internal::v1::HandoffMessage message;
    message.mutable_offer()->set_connection_id(id);
    message.mutable_offer()->set_function(function);
    message.mutable_offer()->set_peer("10.0.0.1:1234");
    EXPECT_OK(handoff::Send(channel_.get(), message, accepted.get()));
    const int asked = asked_ + 1;
    RunUntil([&] { return asked_ == asked; });
    return client;
  }

  // Returns what Admission answers: the reason of a REJECT.
  Reason Answer(uint64_t id) {
    absl::StatusOr<handoff::Incoming> incoming = absl::UnavailableError("");
    RunUntil([&] {
      incoming = handoff::Receive(channel_.get());
      return !absl::IsUnavailable(incoming.status());
    });
    EXPECT_OK(incoming);
    EXPECT_EQ(incoming->message.reject().connection_id(), id);
    return incoming->message.reject().reason();
  }

  // Returns the id of the connection that is taken; kNone if there is none.
  uint64_t Take(bool (*can_start)(const std::string&) = Always) {
    absl::optional<OfferedConnection> connection = admission_->Take(can_start);
    if (!connection.has_value()) return kNone;
    taken_ = *std::move(connection);
    return taken_.offer.connection_id();
  }

  // Runs the loop until `done` returns true, and does not call it again then.
  void RunUntil(const std::function<bool()>& done) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!done()) {
      ASSERT_LT(absl::Now(), deadline);
      loop_->RunOnce();
    }
  }

  const std::unique_ptr<event::EventLoop> loop_ = *event::EventLoop::Create();
  Admission::Options options_;
  absl::optional<Admission> admission_;
  base::UniqueFd channel_;
  OfferedConnection taken_;  // the last one
  absl::Duration max_wait_ = absl::Seconds(60);
  std::string unknown_ = "unknown";
  int arrivals_ = 0, waiting_ = 0, ended_ = 0;

 private:
  static const sockaddr* Address(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
  }
  void Tick() {
    loop_->After(absl::Milliseconds(5), [this] { Tick(); });
  }

  bool KnowsFunction(const std::string& function) override {
    ++asked_;
    if (function == unknown_) return false;
    admission_->SetRules(
        function,
        {.limits = {.max_active = 2, .max_waiting = 2, .max_wait = max_wait_}});
    return true;
  }
  void OnArrival(const std::string&) override { ++arrivals_; }
  void OnWaiting() override { ++waiting_; }
  void OnChannelEnd(HandoffServer::Channel) override { ++ended_; }

  base::UniqueFd listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int asked_ = 0;
};

TEST_F(AdmissionTest, AnOfferWaitsUntilItIsTaken) {
  const base::UniqueFd client = Offer(7);
  EXPECT_EQ(arrivals_, 1);
  EXPECT_EQ(waiting_, 1);
  EXPECT_TRUE(admission_->HasWaiting());
  EXPECT_EQ(Take(Never), kNone);
  EXPECT_EQ(Take(), 7);
  EXPECT_FALSE(admission_->HasWaiting());
  EXPECT_EQ(Take(), kNone);
  EXPECT_OK(admission_->Commit(taken_));
}

TEST_F(AdmissionTest, AnUnknownFunctionIsRejected) {
  Offer(7, "unknown");
  EXPECT_EQ(Answer(7), Reject::REASON_UNKNOWN_FUNCTION);
  EXPECT_EQ(arrivals_, 0);
  EXPECT_FALSE(admission_->HasWaiting());
}

TEST_F(AdmissionTest, TheQueueHasALimit) {
  const base::UniqueFd one = Offer(1), two = Offer(2), three = Offer(3);
  EXPECT_EQ(Answer(3), Reject::REASON_QUEUE_FULL);
}

TEST_F(AdmissionTest, AnActiveConnectionCountsUntilItsRelease) {
  const base::UniqueFd one = Offer(1), two = Offer(2);
  EXPECT_EQ(Take(), 1);
  const uint64_t first = taken_.ticket;
  EXPECT_EQ(Take(), 2);
  const base::UniqueFd three = Offer(3);
  EXPECT_EQ(Take(), kNone);
  admission_->Reject(taken_, Reject::REASON_START_FAILED, "");
  EXPECT_EQ(Take(), kNone) << "a reject alone does not free the place";
  admission_->Release(first);
  admission_->Release(first);
  EXPECT_EQ(Take(), 3);
  const base::UniqueFd four = Offer(4);
  EXPECT_EQ(Take(), kNone) << "the second release freed nothing";
}

TEST_F(AdmissionTest, AReturnedConnectionIsNext) {
  const base::UniqueFd one = Offer(1), two = Offer(2);
  EXPECT_EQ(Take(), 1);
  const uint64_t ticket = taken_.ticket;
  admission_->Return(std::move(taken_));
  EXPECT_EQ(Take(), 1);
  EXPECT_EQ(taken_.ticket, ticket);
}

TEST_F(AdmissionTest, AConnectionThatIsOfferedAgainHasANewTicket) {
  const base::UniqueFd one = Offer(1);
  EXPECT_EQ(Take(), 1);
  const uint64_t first = taken_.ticket;
  const base::UniqueFd again = Offer(1);
  EXPECT_EQ(Take(), 1);
  EXPECT_NE(taken_.ticket, first);
  // The end of the first is not the end of the second.
  admission_->Release(first);
  const base::UniqueFd two = Offer(2), three = Offer(3);
  EXPECT_EQ(Take(), 2);
  EXPECT_EQ(Take(), kNone);
}

TEST_F(AdmissionTest, AClientThatHangsUpWhileItWaitsIsRejected) {
  base::UniqueFd client = Offer(1);
  client.reset();
  EXPECT_EQ(Answer(1), Reject::REASON_CLIENT_GONE);
  EXPECT_FALSE(admission_->HasWaiting());
}

TEST_F(AdmissionTest, AReturnedConnectionIsWatchedForAHangUp) {
  base::UniqueFd client = Offer(1);
  EXPECT_EQ(Take(), 1);
  admission_->Return(std::move(taken_));
  client.reset();
  EXPECT_EQ(Answer(1), Reject::REASON_CLIENT_GONE);
}

TEST_F(AdmissionTest, AConnectionThatWaitsForTooLongIsRejected) {
  max_wait_ = absl::Milliseconds(20);
  const base::UniqueFd client = Offer(1);
  EXPECT_EQ(Answer(1), Reject::REASON_QUEUE_TIMEOUT);
  EXPECT_FALSE(admission_->HasWaiting());
}

TEST_F(AdmissionTest, AConnectionOfARemovedFunctionIsRejectedAtItsTurn) {
  const base::UniqueFd client = Offer(1);
  unknown_ = "hello";
  admission_->Forget("hello");
  EXPECT_TRUE(admission_->HasWaiting());
  EXPECT_EQ(Take(), kNone);
  EXPECT_EQ(Answer(1), Reject::REASON_UNKNOWN_FUNCTION);
}

TEST_F(AdmissionTest, TheEndOfTheChannelDropsWhatWaits) {
  const base::UniqueFd one = Offer(1), two = Offer(2);
  EXPECT_EQ(Take(), 1);
  channel_.reset();
  RunUntil([&] { return ended_ == 1; });
  EXPECT_FALSE(admission_->HasWaiting());
  EXPECT_TRUE(absl::IsUnavailable(admission_->Commit(taken_)));
  // The active one is the owner's to release.
  Connect();
  const base::UniqueFd again = Offer(2), three = Offer(3);
  EXPECT_EQ(Take(), 2);
  EXPECT_EQ(Take(), kNone);
}

TEST_F(AdmissionTest, CloseEndsTheChannel) {
  const base::UniqueFd one = Offer(1);
  admission_->Close();
  EXPECT_EQ(ended_, 1);
  EXPECT_FALSE(admission_->HasWaiting());
}

}  // namespace
}  // namespace faas::runnerd
