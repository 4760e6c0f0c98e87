#include "gatewayd/privileges.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"
#include "common/net/ipv4.h"
#include "gatewayd/tcp_listener.h"
#include "testing/status_matchers.h"

namespace faas::gatewayd {
namespace {

constexpr daemon::User kUser = {165537, 165538};
constexpr gid_t kGroup = 4711;
// CAP_NET_BIND_SERVICE is 10, CAP_NET_ADMIN 12.
constexpr char kBoth[] = "0000000000001400";
constexpr char kNone[] = "0000000000000000";

// Runs `body` in a child process and returns what it returns.
std::string InChild(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = body();
    static_cast<void>(fs::WriteFd(ends[1], text));
    _exit(0);
  }
  close(ends[1]);
  const auto text = fs::ReadFd(ends[0], 1 << 20);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text.value_or("");
}

std::string Status() {
  return fs::ReadFile("/proc/self/status", 1 << 20).value_or("");
}

std::map<std::string, std::string> Fields(const std::string& status) {
  std::map<std::string, std::string> fields;
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    fields[field.first] = std::string(absl::StripAsciiWhitespace(field.second));
  }
  return fields;
}

void SetCapabilities(uint32_t mask) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  data[0].effective = data[0].permitted = mask;
  syscall(SYS_capset, &header, data);
}

TEST(PrivilegesTest, TwoCapabilitiesAreLeft) {
  auto fields = Fields(InChild([] {
    const absl::Status status = DropPrivileges(kUser, kGroup);
    return status.ok() ? Status() : status.ToString();
  }));
  EXPECT_EQ(fields["Uid"], "165537\t165537\t165537\t165537");
  EXPECT_EQ(fields["Gid"], "165538\t165538\t165538\t165538");
  EXPECT_EQ(fields["Groups"], "4711");
  EXPECT_EQ(fields["CapPrm"], kBoth);
  EXPECT_EQ(fields["CapEff"], kBoth);
  EXPECT_EQ(fields["CapBnd"], kBoth);
  EXPECT_EQ(fields["CapInh"], kNone);
  EXPECT_EQ(fields["CapAmb"], kNone);
  EXPECT_EQ(fields["NoNewPrivs"], "1");
}

TEST(PrivilegesTest, RootKeepsNoMoreThanOthers) {
  auto fields = Fields(InChild([] {
    const absl::Status status = DropPrivileges({}, 0);
    return status.ok() ? Status() : status.ToString();
  }));
  EXPECT_EQ(fields["Uid"], "0\t0\t0\t0");
  EXPECT_EQ(fields["CapEff"], kBoth);
  EXPECT_EQ(fields["CapBnd"], kBoth);
}

TEST(PrivilegesTest, PortsBelow1024AndMarksAreStillToBeHad) {
  EXPECT_EQ(InChild([] {
              absl::Status status = DropPrivileges(kUser, kGroup);
              if (status.ok()) {
                status = ListenTcp({INADDR_LOOPBACK}, 80, 1).status();
              }
              return status.ToString();
            }),
            "OK");
}

TEST(PrivilegesTest, WhoIsNotRootNeedsTheTwo) {
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_KEEPCAPS, 1);
              if (setresuid(1234, 1234, 1234) != 0) return std::string("uid");
              SetCapabilities(1u << CAP_NET_ADMIN);
              return std::string(DropPrivileges(kUser, kGroup).message());
            }),
            "gatewayd is not root and lacks CAP_NET_BIND_SERVICE; start it as "
            "root, or with AmbientCapabilities=CAP_NET_ADMIN "
            "CAP_NET_BIND_SERVICE");
}

TEST(PrivilegesTest, WhoIsNotRootStaysWhoItIs) {
  auto fields = Fields(InChild([] {
    prctl(PR_SET_KEEPCAPS, 1);
    if (setresuid(1234, 1234, 1234) != 0) return std::string("uid");
    SetCapabilities((1u << CAP_NET_ADMIN) | (1u << CAP_NET_BIND_SERVICE) |
                    (1u << CAP_SYS_CHROOT));
    const absl::Status status = DropPrivileges(kUser, kGroup);
    return status.ok() ? Status() : status.ToString();
  }));
  EXPECT_EQ(fields["Uid"], "1234\t1234\t1234\t1234");
  EXPECT_EQ(fields["CapPrm"], kBoth);
  EXPECT_EQ(fields["CapEff"], kBoth);
  EXPECT_EQ(fields["NoNewPrivs"], "1");
}

TEST(PrivilegesTest, AThreadIsInTheWay) {
  EXPECT_TRUE(
      absl::StrContains(InChild([] {
                          std::thread other([] { pause(); });
                          other.detach();
                          return DropPrivileges(kUser, kGroup).ToString();
                        }),
                        "there are threads already"));
}

}  // namespace
}  // namespace faas::gatewayd
