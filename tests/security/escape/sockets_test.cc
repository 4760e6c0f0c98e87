// Tests the host's network, through the client's socket and through others.

#include "absl/strings/match.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

// Outcomes of a socket that is still connected, and of one whose packets go
// nowhere.
const Outcomes kNotConnected = {"EISCONN",     "ECONNREFUSED", "EHOSTUNREACH",
                                "ENETUNREACH", "EINPROGRESS",  "ETIMEDOUT"};

class PassedSocketTest : public EscapeTest {
 protected:
  static HostListener Listen() {
    absl::StatusOr<HostListener> listener = HostListener::Tcp();
    EXPECT_OK(listener);
    return *std::move(listener);
  }

  // Runs the attack on a connection that nothing guards, in a process that
  // nothing confines.
  static Report Control(std::vector<std::string> arguments) {
    HostListener gateway = Listen();
    absl::StatusOr<HostListener::Connection> connection = gateway.Connect();
    EXPECT_OK(connection);
    escape::Control control;
    control.isolated = false;
    control.connection = connection->accepted.get();
    return RunControl("passed-socket", std::move(arguments), control);
  }

  // Tries to reach a listener on the host, which counts its connections.
  static void ExpectNoArrival(const std::string& what,
                              const std::string& connecting) {
    HostListener target = Listen();
    const Report control = Control({what, target.port()});
    EXPECT_EQ(control.Step(connecting), "OK") << control.text;
    EXPECT_EQ(target.Arrivals(), 1);
    for (const char* function : {"root", "app"}) {
      SCOPED_TRACE(function);
      const Report attack = AttackByLog(&platform(), function, "passed-socket",
                                        {what, target.port()});
      EXPECT_TRUE(attack.complete) << attack.text;
      EXPECT_TRUE(IsRefusal(attack.Step(connecting), kNotConnected))
          << connecting << ": " << attack.Step(connecting);
      EXPECT_EQ(target.Arrivals(), 0);
    }
  }
};

TEST_F(PassedSocketTest, ItIsNotConnectedAgain) {
  ExpectNoArrival("reconnect", "connect");
}

TEST_F(PassedSocketTest, ItIsNotConnectedAgainByFastOpen) {
  ExpectNoArrival("fast-open", "sendto MSG_FASTOPEN");
}

TEST_F(PassedSocketTest, ItDoesNotListen) {
  const Report control = Control({"listen"});
  // If the socket is not refused, it finds that nobody has come.
  EXPECT_EQ(control.Step("accept"), "EAGAIN") << control.text;
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack =
        AttackByLog(&platform(), function, "passed-socket", {"listen"});
    EXPECT_TRUE(attack.complete) << attack.text;
    for (const char* step : {"bind", "listen", "accept", "accept4"}) {
      EXPECT_FALSE(IsRefusal(control.Step(step))) << control.text;
      EXPECT_TRUE(IsRefusal(attack.Step(step)))
          << step << ": " << attack.Step(step);
    }
  }
}

TEST_F(PassedSocketTest, ItDoesNotTellTheHostsInterfaces) {
  const Report control = Control({"interfaces"});
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    ExpectRefused(AttackFrom(function, "passed-socket", {"interfaces"}),
                  control);
  }
}

TEST_F(EscapeTest, SocketsOfItsOwnReachNobody) {
  constexpr char kName[] = "faas-escape";
  absl::StatusOr<HostListener> tcp = HostListener::Tcp();
  absl::StatusOr<HostListener> abstract = HostListener::Abstract(kName);
  ASSERT_OK(tcp);
  ASSERT_OK(abstract);
  const std::vector<std::string> arguments = {tcp->port(), kName};
  Control control;
  control.isolated = false;
  const Report without = RunControl("own-sockets", arguments, control);
  EXPECT_EQ(tcp->Arrivals(), 1);
  EXPECT_EQ(abstract->Arrivals(), 1);
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    ExpectRefused(AttackFrom(function, "own-sockets", arguments), without,
                  kNoWay);
    EXPECT_EQ(tcp->Arrivals(), 0);
    EXPECT_EQ(abstract->Arrivals(), 0);
  }
}

}  // namespace
}  // namespace faas::escape
