// Tests who may call the API, and what a hostile client can do to it. Each
// attack has a control beside it: the same call works with permission, or
// before the limit.

#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "testing/health.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"
#include "tests/security/api_call.h"
#include "tests/security/process_memory.h"
#include "tests/security/raw_http2.h"

namespace faas::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kList[] = "/faas.v1.FunctionService/ListFunctions";
constexpr char kCreate[] = "/faas.v1.FunctionService/CreateFunction";
constexpr char kDelete[] = "/faas.v1.FunctionService/DeleteFunction";
constexpr char kWatch[] = "/faas.v1.FunctionService/WatchFunctions";
constexpr char kCollect[] = "/faas.v1.StoreService/CollectGarbage";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

constexpr uid_t kGroup = 4711;   // --group
constexpr uid_t kMember = 4001;  // is in it, by a supplementary group
constexpr uid_t kStranger = 4002;
constexpr uid_t kReader = 4003;  // --read_only_uids
constexpr gid_t kOtherGroup = 4712;
constexpr uint16_t kPort = 8080;

void Unmask(const std::string& path, mode_t mode) {
  ASSERT_EQ(chmod(path.c_str(), mode), 0) << path;
}

class ApiTest : public PlatformTestBase {
 protected:
  // Starts registryd alone, whose API can change something.
  void Start(std::vector<std::string> flags = {}) {
    PlatformOptions options;
    flags.push_back("--group=4711");
    flags.push_back("--read_only_uids=4003");
    options.registryd_flags = std::move(flags);
    platform_ = std::make_unique<Platform>(options);
    ASSERT_OK(platform().StartDaemon("registryd"));
    socket_ = platform().run_dir() + "/registryd.sock";
    ASSERT_TRUE(WaitUntil([this] { return IsServing(socket_); }))
        << platform().log().Text();
  }

  // Sends an empty request over the unix socket and returns "CODE message".
  std::string CallAs(uid_t uid, const std::string& groups,
                     const std::string& method) {
    const CommandResult result =
        RunCommand({Runfile("tests/security/api_call"), std::to_string(uid),
                    groups, socket_, method});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  std::string CallAsMember(const std::string& method) {
    return CallAs(kMember, "4712,4711", method);
  }

  ::grpc::Status CallOverTcp(const std::string& method,
                             const std::string& authorization,
                             const std::string& authority = "") {
    ApiCall call;
    call.target = "127.0.0.1:8080";
    call.method = method;
    call.authorization = authorization;
    call.authority = authority;
    return CallApi(call);
  }
  std::string Bearer() { return "Bearer " + platform().Token(); }

  pid_t pid() { return platform().DaemonPid("registryd"); }
  size_t OpenDescriptors() {
    const auto entries =
        fs::ListDirectory("/proc/" + std::to_string(pid()) + "/fd");
    return entries.ok() ? entries->size() : 0;
  }

  std::string socket_;
};

TEST_F(ApiTest, SocketsAreForTheGroupAlone) {
  PlatformOptions options;
  options.supervisor_flags = {"--group=4711"};
  ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  const auto expect = [](const std::string& path, mode_t mode, gid_t group) {
    struct stat st;
    ASSERT_EQ(lstat(path.c_str(), &st), 0) << path;
    EXPECT_EQ(st.st_mode & 07777, mode) << path;
    EXPECT_EQ(st.st_uid, 0u) << path;
    EXPECT_EQ(st.st_gid, group) << path;
  };
  const std::string run = platform().run_dir();
  expect(run, 0750, kGroup);
  for (const char* name : {"registryd", "gatewayd", "runnerd", "upload"}) {
    expect(run + "/" + name + ".sock", 0660, kGroup);
  }
  expect(platform().state_dir() + "/token", 0600, 0);
  // Nothing else in the run directory is for the group.
  for (const auto& entry : std::filesystem::directory_iterator(run)) {
    if (entry.path().extension() == ".sock" &&
        entry.path().filename() != "handoff.sock") {
      continue;
    }
    struct stat st;
    ASSERT_EQ(lstat(entry.path().c_str(), &st), 0);
    EXPECT_TRUE((st.st_mode & 077) == 0 || st.st_gid != kGroup) << entry.path();
  }
}

TEST_F(ApiTest, StrangersAreRefusedAndMembersAreNot) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_THAT(CallAs(kStranger, "4712", kList), StartsWith("UNAVAILABLE"));
  EXPECT_THAT(CallAsMember(kList), StartsWith("OK"));
  EXPECT_THAT(CallAs(kMember, "4711", kList), StartsWith("OK"));
  // Where the modes let everybody through, the daemon refuses.
  Unmask(platform().run_dir(), 0755);
  Unmask(socket_, 0666);
  EXPECT_THAT(CallAs(kStranger, "4712", kList), StartsWith("UNAVAILABLE"));
  EXPECT_TRUE(platform().log().WaitFor(
      "refused user 4002 .* members of group 4711 may .*usermod"));
  EXPECT_THAT(CallAsMember(kList), StartsWith("OK"));
}

TEST_F(ApiTest, CommandSaysWhatAStrangerCanDo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string faas = PrivateHostDirectory() + "/faas";
  std::filesystem::copy_file(Runfile("faas_cli/faas"), faas);
  Unmask(faas, 0755);
  const auto list = [&](const std::string& group) {
    return RunCommand({"setpriv", "--reuid=4002", "--regid=" + group,
                       "--clear-groups", faas,
                       "--run_dir=" + platform().run_dir(), "list"});
  };
  EXPECT_THAT(list("4712").err, HasSubstr("usermod -aG faas"));
  Unmask(platform().run_dir(), 0755);
  Unmask(socket_, 0666);
  EXPECT_THAT(list("4712").err, HasSubstr("usermod -aG faas"));
  const CommandResult member = list("4711");
  EXPECT_EQ(member.exit_code, 0) << member.err;
  std::filesystem::remove(faas);
}

TEST_F(ApiTest, ReadersFollowAndChangeNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto as_reader = [this](const char* method) {
    return CallAs(kReader, "4712,4711", method);
  };
  EXPECT_THAT(as_reader(kWatch), StartsWith("OK"));
  EXPECT_THAT(as_reader(kHealth), StartsWith("OK"));
  for (const char* method : {kCreate, kDelete, kCollect, kReflection}) {
    EXPECT_THAT(as_reader(method), StartsWith("PERMISSION_DENIED")) << method;
    // The service itself answers the others.
    EXPECT_THAT(CallAsMember(method),
                ::testing::Not(StartsWith("PERMISSION_DENIED")))
        << method;
  }
  EXPECT_THAT(CallAsMember(kCreate), StartsWith("INVALID_ARGUMENT"));
  EXPECT_THAT(CallAsMember(kCollect), HasSubstr("runnerd is not running"));
}

TEST_F(ApiTest, CallsOverTcpNeedTheToken) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (const char* method : {kList, kHealth, kReflection, kDelete}) {
    for (const std::string& authorization :
         {std::string(), "Bearer " + std::string(64, '0'),
          std::string("Bearer"), platform().Token(), Bearer() + "0",
          Bearer().substr(0, Bearer().size() - 1)}) {
      const ::grpc::Status status = CallOverTcp(method, authorization);
      EXPECT_EQ(CodeName(status), "UNAUTHENTICATED") << method;
      EXPECT_THAT(status.error_message(), HasSubstr("--token_file"));
      EXPECT_THAT(status.error_message(),
                  ::testing::Not(HasSubstr(platform().Token())));
    }
  }
  EXPECT_EQ(CodeName(CallOverTcp(kList, Bearer())), "OK");
  EXPECT_EQ(CodeName(CallOverTcp(kHealth, Bearer())), "OK");
}

TEST_F(ApiTest, CallsForAnotherHostAreRefused) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (const char* authority :
       {"localhost.evil.example", "localhost.evil.example:8080",
        "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1:8080"}) {
    const ::grpc::Status status = CallOverTcp(kList, Bearer(), authority);
    EXPECT_EQ(CodeName(status), "PERMISSION_DENIED") << authority;
    EXPECT_THAT(status.error_message(), HasSubstr(authority));
    EXPECT_THAT(status.error_message(), HasSubstr("localhost"));
  }
  for (const char* authority : {"localhost", "localhost:8080", "127.0.0.1",
                                "127.0.0.1:8080", "[::1]:8080", "[::1]"}) {
    EXPECT_EQ(CodeName(CallOverTcp(kList, Bearer(), authority)), "OK")
        << authority;
  }
}

TEST_F(ApiTest, CommandFindsTheTokenAndGivesItToNoStranger) {
  PlatformOptions options;
  options.state_dir = "/var/lib/faasd";
  platform_ = std::make_unique<Platform>(options);
  ASSERT_OK(platform().StartDaemon("registryd"));
  const auto list = [](const std::string& address) {
    return RunCommand(
        {Runfile("faas_cli/faas"), "--address=" + address, "list"});
  };
  EXPECT_TRUE(WaitUntil([&] { return list("127.0.0.1:8080").exit_code == 0; }))
      << list("127.0.0.1:8080").err;
  // Another user listens there.
  OutputLog log;
  const auto squatter = Daemon::Start(
      {"setpriv", "--reuid=4002", "--regid=4712", "--clear-groups", "python3",
       "-c",
       "import socket; s = socket.create_server(('127.0.0.1', 8081)); "
       "print('listening', flush=True); s.accept()[0].recv(1000); "
       "print('connected', flush=True); s.accept()"},
      &log);
  ASSERT_OK(squatter);
  ASSERT_TRUE(log.WaitFor("listening"));
  EXPECT_THAT(list("127.0.0.1:8081").err,
              HasSubstr("user 4002 listens on 127.0.0.1:8081"));
  EXPECT_THAT(log.Text(), ::testing::Not(HasSubstr("connected")));
  // With --token_file the command does send the token, so the user could have
  // got it.
  RunCommand({Runfile("faas_cli/faas"), "--address=127.0.0.1:8081",
              "--token_file=/var/lib/faasd/token", "list"});
  EXPECT_TRUE(log.WaitFor("connected"));
  ASSERT_EQ(platform().daemon("registryd")->Stop(), 0);
  EXPECT_OK(fs::RemoveTree("/var/lib/faasd"));
}

TEST_F(ApiTest, TokenStaysAndIsForRootAlone) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string token = platform().Token();
  EXPECT_EQ(token.size(), 64u);
  const std::string file = platform().state_dir() + "/token";
  ASSERT_EQ(platform().daemon("registryd")->Stop(), 0);
  ASSERT_OK(platform().StartDaemon("registryd"));
  ASSERT_TRUE(WaitUntil([this] { return IsServing(socket_); }));
  EXPECT_EQ(platform().Token(), token);
  ASSERT_EQ(platform().daemon("registryd")->Stop(), 0);
  for (const auto& [mode, owner] :
       std::vector<std::pair<mode_t, uid_t>>{{0640, 0}, {0600, kStranger}}) {
    Unmask(file, mode);
    ASSERT_EQ(chown(file.c_str(), owner, -1), 0);
    const size_t offset = platform().log().Size();
    ASSERT_OK(platform().StartDaemon("registryd"));
    EXPECT_GT(platform().daemon("registryd")->Wait(), 0);
    EXPECT_TRUE(platform().log().WaitFor("chmod 0600 " + file, kSoon, offset));
  }
}

// A TlsTest has certificates of two authorities, of which the daemon trusts
// one.
class TlsTest : public ApiTest {
 protected:
  void SetUp() override {
    for (const char* authority : {"ours", "foreign"}) {
      Openssl(
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
          "-days 2 -subj /CN=" +
          std::string(authority) + " -keyout " + authority + ".key -out " +
          authority + ".pem");
    }
    Sign("server", "ours");
    Sign("client", "ours");
    Sign("stranger", "foreign");
  }

  void Openssl(const std::string& arguments) {
    const CommandResult result = RunCommand(
        {"sh", "-c",
         "cd " + PrivateHostDirectory() + " && openssl " + arguments});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  void Sign(const std::string& name, const std::string& authority) {
    Openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" +
        name +
        " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
        "-keyout " +
        name + ".key -out " + name + ".csr");
    Openssl("x509 -req -days 2 -in " + name +
            ".csr -copy_extensions copy -CA " + authority + ".pem -CAkey " +
            authority + ".key -CAcreateserial -out " + name + ".pem");
  }

  static std::string File(const std::string& name) {
    return PrivateHostDirectory() + "/" + name;
  }
  static std::string Read(const std::string& name) {
    return fs::ReadFile(File(name), 1 << 20).value_or("");
  }

  ::grpc::Status CallWith(const std::string& client) {
    ApiCall call;
    call.target = "127.0.0.1:8443";
    call.method = kList;
    call.roots = Read("ours.pem");
    if (!client.empty()) {
      call.key = Read(client + ".key");
      call.cert = Read(client + ".pem");
    }
    return CallApi(call);
  }

  const std::vector<std::string> flags_ = {
      "--control_listen=0.0.0.0:8443", "--tls_cert=" + File("server.pem"),
      "--tls_key=" + File("server.key"), "--tls_client_ca=" + File("ours.pem")};
};

TEST_F(TlsTest, OffLoopbackNeedsCertificates) {
  const std::string directory = PrivateHostDirectory() + "/refused";
  for (size_t given = 1; given < flags_.size(); ++given) {
    std::vector<std::string> command = {Runfile("registryd/registryd"),
                                        "--state_dir=" + directory + "/state",
                                        "--run_dir=" + directory + "/run"};
    command.insert(command.end(), flags_.begin(), flags_.begin() + given);
    const CommandResult result = RunCommand(command);
    EXPECT_GT(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("--tls_cert, --tls_key and"));
  }
  ASSERT_NO_FATAL_FAILURE(Start(flags_));
}

TEST_F(TlsTest, ClientsShowACertificate) {
  ASSERT_NO_FATAL_FAILURE(Start(flags_));
  EXPECT_EQ(CodeName(CallWith("")), "UNAVAILABLE");
  EXPECT_EQ(CodeName(CallWith("stranger")), "UNAVAILABLE");
  EXPECT_EQ(CodeName(CallWith("client")), "OK");
  // Without TLS nothing is answered, with or without a token.
  ApiCall plain;
  plain.target = "127.0.0.1:8443";
  plain.method = kList;
  plain.authorization = Bearer();
  EXPECT_EQ(CodeName(CallApi(plain)), "UNAVAILABLE");
}

TEST_F(TlsTest, CommandShowsACertificate) {
  ASSERT_NO_FATAL_FAILURE(Start(flags_));
  const auto list = [](const std::string& client) {
    return RunCommand({Runfile("faas_cli/faas"), "--address=localhost:8443",
                       "--tls_cert=" + File(client + ".pem"),
                       "--tls_key=" + File(client + ".key"),
                       "--tls_ca=" + File("ours.pem"), "list"});
  };
  const CommandResult ours = list("client");
  EXPECT_EQ(ours.exit_code, 0) << ours.err;
  const CommandResult foreign = list("stranger");
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_THAT(foreign.err, HasSubstr("certificate"));
}

TEST_F(ApiTest, GiantMessageIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Start({"--max_api_memory_bytes=67108864"}));
  const pid_t before = pid();
  const auto memory = MemoryWatch::Begin(before);
  ASSERT_OK(memory);
  const auto send = [this](size_t bytes) {
    ApiCall call;
    call.target = "unix:" + socket_;
    call.method = kCreate;
    // The request has a field that nobody knows, with so many bytes.
    call.request = std::string("\xfa\x7f", 2);
    for (size_t rest = bytes; true; rest >>= 7) {
      call.request.push_back((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      if (rest <= 0x7f) break;
    }
    call.request += std::string(bytes, 'x');
    return CodeName(CallApi(call));
  };
  EXPECT_EQ(send(1 << 20), "INVALID_ARGUMENT");  // read, and without a header
  EXPECT_EQ(send(256 << 20), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(send(1 << 20), "INVALID_ARGUMENT");
  EXPECT_EQ(pid(), before);
  const auto growth = memory->PeakGrowth();
  ASSERT_OK(growth);
  EXPECT_LT(*growth, int64_t{128} << 20);
}

TEST_F(ApiTest, FloodOfConnectionsKeepsNobodyFromTheSocket) {
  rlimit files;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  constexpr size_t kConnections = 10'000;
  ASSERT_GT(files.rlim_max, kConnections + 500);
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(CodeName(CallOverTcp(kList, Bearer())), "OK");
  const size_t before = OpenDescriptors();
  const std::string hello = Http2Hello();
  std::vector<base::UniqueFd> flood;
  size_t most = 0;
  for (size_t i = 0; i < kConnections; ++i) {
    base::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(kPort)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0)
        << i;
    send(fd.get(), hello.data(), hello.size(), MSG_NOSIGNAL);
    flood.push_back(std::move(fd));
    if (i % 500 != 0) continue;
    most = std::max(most, OpenDescriptors());
    EXPECT_THAT(CallAsMember(kList), StartsWith("OK")) << i;
  }
  // The flood was large enough to meet the limit, and the limit held.
  EXPECT_GE(most, before + 1000);
  EXPECT_LE(most, before + 1200);
  EXPECT_EQ(CodeName(CallOverTcp(kList, Bearer())), "UNAVAILABLE");
  EXPECT_THAT(CallAsMember(kList), StartsWith("OK"));
  EXPECT_TRUE(platform().log().WaitFor("--max_api_connections"));
  flood.clear();
  EXPECT_TRUE(WaitUntil([&] { return OpenDescriptors() <= before + 2; }))
      << before << " before, now " << OpenDescriptors();
  EXPECT_TRUE(WaitUntil(
      [this] { return CodeName(CallOverTcp(kList, Bearer())) == "OK"; }));
}

TEST_F(ApiTest, OneUserDoesNotTakeAllConnections) {
  ASSERT_NO_FATAL_FAILURE(
      Start({"--max_api_connections_per_uid=8", "--max_api_connections=12"}));
  // The script opens 20 connections, prints how many of them the server has
  // greeted rather than closed, and keeps them until it is killed.
  const std::string open =
      "import signal, socket\n"
      "kept = []\n"
      "for i in range(20):\n"
      "  s = socket.socket(socket.AF_UNIX)\n"
      "  s.connect('" +
      socket_ +
      "')\n"
      "  try:\n"
      "    if s.recv(9): kept.append(s)\n"
      "  except ConnectionResetError: pass\n"
      "print(f'kept {len(kept)} of 20', flush=True)\n"
      "signal.pause()\n";
  const auto open_as = [&](uid_t uid, OutputLog* log) {
    return Daemon::Start(
        {"setpriv", absl::StrCat("--reuid=", uid), "--regid=4711",
         "--clear-groups", "python3", "-c", open},
        log);
  };
  OutputLog first_log, second_log, root_log;
  const auto first = open_as(kMember, &first_log);
  ASSERT_OK(first);
  EXPECT_TRUE(first_log.WaitFor("kept 8 of 20")) << first_log.Text();
  EXPECT_TRUE(platform().log().WaitFor("--max_api_connections_per_uid"));
  const auto second = open_as(kMember + 100, &second_log);
  ASSERT_OK(second);
  EXPECT_TRUE(second_log.WaitFor("kept 4 of 20")) << second_log.Text();
  EXPECT_THAT(CallAs(kMember + 200, "4711", kList), StartsWith("UNAVAILABLE"));
  // Root gets in all the same.
  const auto root = open_as(0, &root_log);
  ASSERT_OK(root);
  EXPECT_TRUE(root_log.WaitFor("kept 20 of 20")) << root_log.Text();
  EXPECT_THAT(CallAs(0, "0", kList), StartsWith("OK"));
}

TEST_F(ApiTest, WithoutDescriptorsTheListenerWaits) {
  ASSERT_NO_FATAL_FAILURE(Start());
  rlimit usual;
  ASSERT_EQ(prlimit(pid(), RLIMIT_NOFILE, nullptr, &usual), 0);
  const rlimit none = {.rlim_cur = 3, .rlim_max = usual.rlim_max};
  ASSERT_EQ(prlimit(pid(), RLIMIT_NOFILE, &none, nullptr), 0);
  // The kernel makes the connection, and nobody accepts it for the time being.
  std::string answer;
  std::thread caller([&] { answer = CallAsMember(kList); });
  EXPECT_TRUE(platform().log().WaitFor("connections wait"));
  EXPECT_EQ(prlimit(pid(), RLIMIT_NOFILE, &usual, nullptr), 0);
  caller.join();
  EXPECT_THAT(answer, StartsWith("OK"));
}

// Sends `count` calls that are reset at once. Returns how many were sent when
// all were, when the server ended the connection, or after five minutes.
uint32_t SendResets(int fd, const std::string& authorization, uint32_t count) {
  const absl::Time deadline = absl::Now() + absl::Minutes(5);
  std::string waiting = Http2Hello();
  uint32_t sent = 0;
  while (absl::Now() < deadline) {
    while (sent < count && waiting.size() < (16 << 10)) {
      const uint32_t stream = 2 * sent++ + 1;
      absl::StrAppend(&waiting, Http2Call(stream, kList, authorization),
                      Http2Reset(stream));
    }
    if (waiting.empty()) return sent;
    pollfd ready = {.fd = fd, .events = POLLIN | POLLOUT};
    if (poll(&ready, 1, 1000) < 0) return sent;
    // The answer does not matter, but if it were not read it would stop the
    // server.
    char answer[64 << 10];
    while (recv(fd, answer, sizeof(answer), MSG_DONTWAIT) > 0) {
    }
    const ssize_t written =
        send(fd, waiting.data(), waiting.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0 && errno != EAGAIN) return sent;
    waiting.erase(0, std::max<ssize_t>(written, 0));
  }
  return sent;
}

class RapidResetTest : public ApiTest {
 protected:
  // Floods the server over TCP, while others are served over the unix socket.
  void Flood(const std::string& authorization) {
    constexpr uint32_t kResets = 50'000;
    absl::StatusOr<TestConnection> flood =
        TestConnection::Open("127.0.0.1", kPort, absl::Minutes(5));
    ASSERT_OK(flood);
    std::atomic<uint32_t> sent = 0;
    std::thread sender(
        [&] { sent = SendResets(flood->fd(), authorization, kResets); });
    int others = 0;
    for (; sent == 0; ++others) {
      EXPECT_THAT(CallAsMember(kList), StartsWith("OK"));
    }
    sender.join();
    EXPECT_EQ(sent, kResets);
    EXPECT_GE(others, 1);
  }

  // A bound between the two: a fifth of what the calls take without the limit.
  static constexpr int64_t kBound = int64_t{96} << 20;
};

TEST_F(RapidResetTest, CallsThatAreResetAtOnceAreBounded) {
  ASSERT_NO_FATAL_FAILURE(Start());
  // The frames do make a call if it is not reset.
  absl::StatusOr<TestConnection> one = TestConnection::Open("127.0.0.1", kPort);
  ASSERT_OK(one);
  ASSERT_OK(one->Send(Http2Hello() + Http2Call(1, kList, Bearer()) +
                      Http2EmptyRequest(1)));
  EXPECT_OK(one->ReadUntil("grpc-status"));
  const pid_t before = pid();
  const auto memory = MemoryWatch::Begin(before);
  ASSERT_OK(memory);
  for (const std::string& authorization : {Bearer(), std::string()}) {
    ASSERT_NO_FATAL_FAILURE(Flood(authorization));
  }
  EXPECT_EQ(pid(), before);
  const auto growth = memory->PeakGrowth();
  ASSERT_OK(growth);
  EXPECT_LT(*growth, kBound);
}

TEST_F(RapidResetTest, WithoutTheLimitTheyAreNot) {
  ASSERT_NO_FATAL_FAILURE(Start({"--max_api_calls_per_second=1000000000",
                                 "--max_api_all_calls_per_second=1000000000",
                                 "--max_api_memory_bytes=4000000000"}));
  const auto memory = MemoryWatch::Begin(pid());
  ASSERT_OK(memory);
  ASSERT_NO_FATAL_FAILURE(Flood(Bearer()));
  const auto growth = memory->PeakGrowth();
  ASSERT_OK(growth);
  EXPECT_GT(*growth, kBound);
}

}  // namespace
}  // namespace faas::testing
