#include "gatewayd/socket_guard.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/net/ipv4.h"
#include "gatewayd/own_cgroup.h"
#include "gatewayd/socket_programs.h"
#include "gatewayd/tcp_listener.h"
#include "testing/command.h"
#include "testing/private_host.h"
#include "testing/status_matchers.h"

namespace faas::gatewayd {
namespace {

using testing::RunCommand;

constexpr net::Ipv4 kLocalhost = {INADDR_LOOPBACK};
constexpr uint32_t kMark = 0xfaa5;
constexpr uid_t kHandlerUid = 100000;
constexpr size_t kMaxMessage = 4096;
constexpr int kSoonMs = 120'000;

// A child process and a channel to it, over which it takes orders.
class Process {
 public:
  explicit Process(const std::function<void(int channel)>& body) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
      abort();
    }
    channel_ = base::UniqueFd(ends[0]);
    const base::UniqueFd theirs(ends[1]);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      channel_.reset();
      body(theirs.get());
      _exit(0);
    }
  }
  ~Process() { End(); }

  // Its descriptors are closed, and it is not in its cgroup any more.
  void End() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

  void Send(absl::string_view message, int fd = -1) const {
    EXPECT_OK(ipc::Send(channel_.get(), message, fd));
  }
  ipc::Received Receive() const { return Receive(channel_.get()); }

  static ipc::Received Receive(int channel) {
    pollfd ready = {.fd = channel, .events = POLLIN};
    if (poll(&ready, 1, kSoonMs) != 1) return {.message = "nothing came"};
    auto received = ipc::Receive(channel, kMaxMessage);
    return received.ok() ? *std::move(received) : ipc::Received{};
  }

 private:
  base::UniqueFd channel_;
  pid_t pid_ = 0;
};

int Disconnect(int fd) {
  const sockaddr nowhere = {.sa_family = AF_UNSPEC};
  return connect(fd, &nowhere, sizeof(nowhere)) == 0 ? 0 : errno;
}

std::string Outcome(bool done) {
  return done ? "done" : strerrorname_np(errno);
}

// What a handler can do with the socket, by name.
std::string Attack(int fd, uint16_t port) {
  const sockaddr_in target = net::SocketAddress(kLocalhost, port);
  const auto* const address = reinterpret_cast<const sockaddr*>(&target);
  if (const int error = Disconnect(fd); error != 0) return strerror(error);
  const std::string connected =
      Outcome(connect(fd, address, sizeof(target)) == 0);
  Disconnect(fd);
  const std::string opened =
      Outcome(sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, address,
                     sizeof(target)) == 1);
  Disconnect(fd);
  const sockaddr_in any = net::SocketAddress(kLocalhost, 0);
  const std::string bound = Outcome(
      bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof(any)) == 0);
  Disconnect(fd);
  return absl::StrCat("connect: ", connected, ", fast open: ", opened,
                      ", bind: ", bound);
}

constexpr char kReachesAll[] = "connect: done, fast open: done, bind: done";
constexpr char kReachesNothing[] =
    "connect: EPERM, fast open: EPERM, bind: EPERM";
constexpr char kReachesNothingButBinds[] =
    "connect: ECONNREFUSED, fast open: ECONNREFUSED, bind: done";

// A process like a container's, with an empty network of its own: keeps the
// sockets that it is sent, and attacks with the last.
void BeHandler(int channel) {
  if (unshare(CLONE_NEWNET) != 0 || setresgid(kHandlerUid, kHandlerUid, 1) ||
      setresuid(kHandlerUid, kHandlerUid, kHandlerUid) != 0) {
    _exit(1);
  }
  base::UniqueFd socket;
  while (true) {
    ipc::Received order = Process::Receive(channel);
    if (order.end) return;
    if (!order.fds.empty()) socket = std::move(order.fds[0]);
    int port = 0;
    static_cast<void>(absl::SimpleAtoi(order.message, &port));
    static_cast<void>(ipc::Send(
        channel, Attack(socket.get(), static_cast<uint16_t>(port)), -1));
  }
}

uint16_t PortOf(int socket) {
  sockaddr_in address = {};
  socklen_t length = sizeof(address);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

std::string Say(const absl::StatusOr<SocketGuard>& guard) {
  if (!guard.ok()) return absl::StrCat("error: ", guard.status().message());
  return absl::StrCat(guard->name(), " ", guard->detail);
}

// A process like gatewayd: says what its guard is and where it listens, then
// accepts a connection and hands it over as often as it is told to.
std::function<void(int)> GatewayWith(SocketGuardOptions options,
                                     std::function<void()> before = {}) {
  return [options, before](int channel) {
    if (before) before();
    const absl::StatusOr<SocketGuard> guard = SetSocketGuard(options);
    static_cast<void>(ipc::Send(channel, Say(guard), -1));
    const auto listener =
        ListenTcp(kLocalhost, 0, guard.ok() ? guard->mark : 0);
    if (!listener.ok()) {
      static_cast<void>(ipc::Send(channel, listener.status().message(), -1));
      return;
    }
    static_cast<void>(
        ipc::Send(channel, absl::StrCat(PortOf(listener->get())), -1));
    while (!Process::Receive(channel).end) {
      pollfd ready = {.fd = listener->get(), .events = POLLIN};
      if (poll(&ready, 1, kSoonMs) != 1) return;
      const auto accepted = AcceptTcp(listener->get());
      if (!accepted.ok()) return;
      static_cast<void>(ipc::Send(channel, "accepted", accepted->fd.get()));
    }
  };
}

// A gatewayd and what it has said.
class Gateway {
 public:
  explicit Gateway(const SocketGuardOptions& options,
                   std::function<void()> before = {})
      : process_(GatewayWith(options, std::move(before))) {
    guard_ = process_.Receive().message;
    listening_ = process_.Receive().message;
  }

  const std::string& guard() const { return guard_; }
  const std::string& listening() const { return listening_; }
  void End() { process_.End(); }

  // A connection that it has accepted. The client's end stays open.
  base::UniqueFd Accept() {
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(listening_, &port)) << listening_;
    base::UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address =
        net::SocketAddress(kLocalhost, static_cast<uint16_t>(port));
    EXPECT_EQ(connect(client.get(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)),
              0);
    clients_.push_back(std::move(client));
    process_.Send("accept");
    ipc::Received received = process_.Receive();
    EXPECT_EQ(received.fds.size(), 1u) << received.message;
    if (received.fds.empty()) return {};
    return std::move(received.fds[0]);
  }

 private:
  Process process_;
  std::string guard_, listening_;
  std::vector<base::UniqueFd> clients_;
};

std::vector<std::string> GuardDirectories() {
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator("/sys/fs/cgroup")) {
    if (absl::StartsWith(entry.path().filename().string(), "faasd-gatewayd-")) {
      found.push_back(entry.path());
    }
  }
  return found;
}

std::string Tables() { return RunCommand({"nft", "list", "ruleset"}).out; }

// CAP_NET_ADMIN alone: enough for a firewall, not for BPF.
void LoseBpf() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  data[0].effective = data[0].permitted =
      (1u << CAP_NET_ADMIN) | (1u << CAP_DAC_OVERRIDE);
  // What root gets back by execve.
  prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
  prctl(PR_CAPBSET_DROP, CAP_BPF);
  syscall(SYS_capset, &header, data);
}

void LoseBoth() {
  LoseBpf();
  setenv("PATH", "/nonexistent", 1);
}

class SocketGuardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run_dir_ = testing::PrivateHostDirectory() + "/run";
    ASSERT_OK(fs::MakeDirectories(run_dir_, 0755));
    auto target = ListenTcp(kLocalhost, 0);
    ASSERT_OK(target);
    target_ = *std::move(target);
  }
  void TearDown() override {
    EXPECT_OK(RemoveSocketGuard(run_dir_));
    EXPECT_EQ(GuardDirectories(), std::vector<std::string>());
    EXPECT_EQ(Tables(), "");
  }

  SocketGuardOptions Options(const std::string& kind) const {
    return {.run_dir = run_dir_, .kind = kind, .mark = kMark};
  }
  std::string HandlerTries(const Process& handler, int fd = -1) const {
    handler.Send(absl::StrCat(PortOf(target_.get())), fd);
    return handler.Receive().message;
  }

  std::string run_dir_;
  // Something of the host's that handlers have no business with.
  base::UniqueFd target_;
};

// That the attacks of the other tests work where nothing is in their way.
TEST_F(SocketGuardTest, WithoutAHandlerReachesTheHostsNetwork) {
  SocketGuardOptions options = Options("none");
  options.allow_socket_reuse = true;
  Gateway gateway(options);
  EXPECT_EQ(gateway.guard(), "none --socket_guard=none");
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesAll);
}

TEST_F(SocketGuardTest, WithBpfAHandlerReachesNothing) {
  Gateway gateway(Options("bpf"));
  ASSERT_EQ(GuardDirectories().size(), 1u);
  EXPECT_EQ(gateway.guard(),
            absl::StrCat("BPF on \"", GuardDirectories()[0], "\""));
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesNothing);
}

TEST_F(SocketGuardTest, WithAFirewallAHandlerReachesNothing) {
  Gateway gateway(Options("firewall"));
  EXPECT_TRUE(absl::StartsWith(gateway.guard(), "firewall table inet faasd_"))
      << gateway.guard();
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()),
            kReachesNothingButBinds);
}

TEST_F(SocketGuardTest, BpfAllowsNobodyElseToBind) {
  SocketGuardOptions options = Options("bpf");
  options.uid = kHandlerUid + 1;  // and gatewayd is root here
  const Gateway gateway(options);
  EXPECT_TRUE(absl::StartsWith(gateway.guard(), "BPF on")) << gateway.guard();
  EXPECT_TRUE(absl::StrContains(gateway.listening(), "EPERM"))
      << gateway.listening();
}

TEST_F(SocketGuardTest, BpfOutlivesGatewaydAndItsDirectory) {
  Gateway gateway(Options("bpf"));
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesNothing);
  gateway.End();
  ASSERT_OK(RemoveSocketGuard(run_dir_));
  EXPECT_EQ(GuardDirectories(), std::vector<std::string>());
  EXPECT_EQ(HandlerTries(handler), kReachesNothing);
}

TEST_F(SocketGuardTest, BpfGuardsBothLivesOfARestart) {
  Gateway first(Options("bpf"));
  const Process old_handler(BeHandler);
  EXPECT_EQ(HandlerTries(old_handler, first.Accept().get()), kReachesNothing);
  first.End();
  Gateway second(Options("bpf"));
  EXPECT_EQ(GuardDirectories().size(), 1u);
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, second.Accept().get()), kReachesNothing);
  EXPECT_EQ(HandlerTries(old_handler), kReachesNothing);
}

TEST_F(SocketGuardTest, FirewallGuardsBothLivesOfARestartUntilItIsRemoved) {
  Gateway first(Options("firewall"));
  const Process old_handler(BeHandler);
  EXPECT_EQ(HandlerTries(old_handler, first.Accept().get()),
            kReachesNothingButBinds);
  const std::string tables = Tables();
  first.End();
  EXPECT_EQ(HandlerTries(old_handler), kReachesNothingButBinds);
  Gateway second(Options("firewall"));
  EXPECT_EQ(Tables(), tables) << "replaced";
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, second.Accept().get()),
            kReachesNothingButBinds);
  EXPECT_EQ(HandlerTries(old_handler), kReachesNothingButBinds);
  ASSERT_OK(RemoveSocketGuard(run_dir_));
  EXPECT_EQ(HandlerTries(handler), kReachesAll) << "it was the rule";
}

TEST_F(SocketGuardTest, FirewallLeavesOtherTablesAlone) {
  ASSERT_EQ(RunCommand({"nft", "add table inet other"}).exit_code, 0);
  Gateway gateway(Options("firewall"));
  EXPECT_TRUE(absl::StrContains(Tables(), "table inet faasd_")) << Tables();
  gateway.End();
  ASSERT_OK(RemoveSocketGuard(run_dir_));
  EXPECT_EQ(Tables(), "table inet other {\n}\n");
  EXPECT_EQ(RunCommand({"nft", "delete table inet other"}).exit_code, 0);
}

TEST_F(SocketGuardTest, AutoPrefersBpf) {
  const Gateway gateway(Options("auto"));
  EXPECT_TRUE(absl::StartsWith(gateway.guard(), "BPF on")) << gateway.guard();
  EXPECT_EQ(Tables(), "");
}

TEST_F(SocketGuardTest, AutoTakesTheFirewallWhereBpfCannotBeLoaded) {
  Gateway gateway(Options("auto"), LoseBpf);
  EXPECT_TRUE(absl::StartsWith(gateway.guard(), "firewall")) << gateway.guard();
  EXPECT_EQ(GuardDirectories(), std::vector<std::string>());
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()),
            kReachesNothingButBinds);
}

TEST_F(SocketGuardTest, WithoutBothRefusesAndSaysWhy) {
  const Gateway gateway(Options("auto"), LoseBoth);
  for (const char* word :
       {"error: ", "BPF at its cgroup: load a BPF program: EPERM",
        "a firewall rule: start \"nft\": ENOENT", "--allow_socket_reuse"}) {
    EXPECT_TRUE(absl::StrContains(gateway.guard(), word)) << gateway.guard();
  }
  EXPECT_FALSE(absl::StrContains(gateway.guard(), "\n"));
}

TEST_F(SocketGuardTest, WithoutBothGoesOnIfAllowed) {
  SocketGuardOptions options = Options("auto");
  options.allow_socket_reuse = true;
  Gateway gateway(options, LoseBoth);
  EXPECT_TRUE(absl::StartsWith(gateway.guard(), "none BPF at its cgroup: "))
      << gateway.guard();
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesAll);
}

TEST_F(SocketGuardTest, UnknownKindIsRefused) {
  const Gateway gateway(Options("ebpf"));
  EXPECT_EQ(gateway.guard(),
            "error: --socket_guard=ebpf is none of auto, bpf, firewall and "
            "none");
}

// A service of its own, which may not make cgroups.
class ServiceCgroupTest : public SocketGuardTest {
 protected:
  void SetUp() override {
    SocketGuardTest::SetUp();
    auto cgroup = OwnCgroup::Make("service");
    ASSERT_OK(cgroup);
    cgroup_ = std::make_unique<OwnCgroup>(*std::move(cgroup));
  }
  void TearDown() override {
    EXPECT_OK(OwnCgroup::Remove("service"));
    SocketGuardTest::TearDown();
  }
  // To be run in a child.
  void BecomeService() const {
    const std::string mount_point =
        std::filesystem::path(cgroup_->path()).parent_path().string();
    if (!cgroup_->Enter().ok() || unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, mount_point.c_str(), nullptr,
              MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
      abort();
    }
  }

  std::unique_ptr<OwnCgroup> cgroup_;
};

TEST_F(ServiceCgroupTest, AloneItTakesItsOwn) {
  Gateway gateway(Options("bpf"), [this] { BecomeService(); });
  EXPECT_EQ(gateway.guard(), absl::StrCat("BPF on \"", cgroup_->path(), "\""));
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesNothing);
  gateway.End();
}

TEST_F(ServiceCgroupTest, WithOthersItTakesNone) {
  Process other([this](int channel) {
    if (!cgroup_->Enter().ok()) _exit(1);
    static_cast<void>(ipc::Send(channel, "entered", -1));
    Process::Receive(channel);
  });
  ASSERT_EQ(other.Receive().message, "entered");
  Gateway gateway(Options("bpf"), [this] { BecomeService(); });
  EXPECT_TRUE(absl::StrContains(gateway.guard(), "EROFS")) << gateway.guard();
  EXPECT_TRUE(absl::StrContains(gateway.guard(), "other processes"))
      << gateway.guard();
  gateway.End();
  other.End();
}

TEST_F(ServiceCgroupTest, AGuardThatIsThereIsUsed) {
  ASSERT_OK(AttachSocketPrograms(cgroup_->directory(), /*uid=*/0));
  Gateway gateway(Options("auto"), [this] {
    if (!cgroup_->Enter().ok()) _exit(1);
  });
  EXPECT_EQ(gateway.guard(), "BPF of the cgroup it started in");
  EXPECT_EQ(GuardDirectories(), std::vector<std::string>());
  const Process handler(BeHandler);
  EXPECT_EQ(HandlerTries(handler, gateway.Accept().get()), kReachesNothing);
  gateway.End();
}

}  // namespace
}  // namespace faas::gatewayd
