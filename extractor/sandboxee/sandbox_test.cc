#include "extractor/sandboxee/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/private_host.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

constexpr uint32_t kIdBase = 100000;
// The result of an attack that has worked. Any other result is an errno.
constexpr int kWorked = 0;
// The exit code of a sandbox that could not be entered.
constexpr int kNotEntered = 200;

// What attacks are made on.
struct Target {
  // The process of the test, outside of the sandbox.
  pid_t test = 0;
  // The port of a listener on 127.0.0.1 outside.
  int listener_port = 0;
  // The path of a file outside.
  std::string outside;
};

int Result(bool worked) { return worked ? kWorked : errno; }

int OpenForReading(const char* path) {
  return Result(open(path, O_RDONLY | O_CLOEXEC) >= 0);
}

int Connect(const Target& target) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(target.listener_port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Result(fd >= 0 &&
                connect(fd, reinterpret_cast<const sockaddr*>(&address),
                        sizeof(address)) == 0);
}

int Execute() {
  char name[] = "true";
  char* const argv[] = {name, nullptr};
  execv("/bin/true", argv);
  return errno;
}

int MapCode() {
  return Result(mmap(nullptr, 4096, PROT_READ | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

struct Attack {
  const char* name;
  std::function<int(const Target&)> run;
  // Whether only the filter of system calls prevents it.
  bool only_filtered = false;
};

std::vector<Attack> Attacks() {
  return {
      {"ReadsTheHostsFiles",
       [](const Target&) { return OpenForReading("/etc/passwd"); }},
      {"LeavesByDotDot",
       [](const Target&) {
         return OpenForReading("../../../../../../../../etc/passwd");
       }},
      {"ReadsProc",
       [](const Target&) { return OpenForReading("/proc/self/status"); }},
      {"WritesOutside",
       [](const Target& target) {
         return Result(open(target.outside.c_str(),
                            O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
       }},
      {"Connects", Connect},
      {"MakesASocket",
       [](const Target&) {
         return Result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
       },
       true},
      {"Executes", [](const Target&) { return Execute(); }},
      {"Forks",
       [](const Target&) {
         const pid_t pid = fork();
         if (pid == 0) _exit(0);
         return Result(pid > 0 && waitpid(pid, nullptr, 0) == pid);
       },
       true},
      {"Traces",
       [](const Target& target) {
         return Result(ptrace(PTRACE_SEIZE, target.test, 0, 0) == 0);
       }},
      {"Signals",
       [](const Target& target) { return Result(kill(target.test, 0) == 0); }},
      {"BecomesRoot",
       [](const Target&) { return Result(setresuid(0, 0, 0) == 0); }},
      {"Mounts",
       [](const Target&) {
         return Result(mount("none", ".", "tmpfs", 0, nullptr) == 0);
       }},
      {"MakesADevice",
       [](const Target&) {
         return Result(mknod("null", S_IFCHR | 0600, makedev(1, 3)) == 0);
       }},
      {"MakesAUserNamespace",
       [](const Target&) { return Result(unshare(CLONE_NEWUSER) == 0); }, true},
      {"ChangesTheHostsName",
       [](const Target&) { return Result(sethostname("x", 1) == 0); }},
      {"UsesKeys",
       [](const Target&) {
         return Result(syscall(SYS_add_key, "user", "k", "v", 1, -3) >= 0);
       },
       true},
      {"MapsCode", [](const Target&) { return MapCode(); }, true},
      {"RaisesItsLimits",
       [](const Target&) {
         const rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
         return Result(setrlimit(RLIMIT_FSIZE, &limit) == 0);
       }},
  };
}

class SandboxTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    std::string pattern = faas::testing::PrivateHostDirectory() + "/boxXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    root_ = directory_ + "/root";
    ASSERT_EQ(mkdir(root_.c_str(), 0700), 0);
    target_.test = getpid();
    target_.outside = directory_ + "/outside";
    listener_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(bind(listener_.get(), generic, size), 0);
    ASSERT_EQ(listen(listener_.get(), 8), 0);
    ASSERT_EQ(getsockname(listener_.get(), generic, &size), 0);
    target_.listener_port = ntohs(address.sin_port);
  }

  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(directory_).ok()); }

  SandboxOptions Options() const {
    return {.root = root_,
            .id_base = GetParam(),
            .address_space_bytes = uint64_t{1} << 30,
            .file_bytes = 1 << 20,
            .open_files = 64};
  }

  // Runs a sandbox and returns how it ended. `prepare` runs before system calls
  // are filtered.
  int Run(const std::function<void()>& prepare,
          const std::function<int()>& body, SandboxOptions options) {
    const auto status = RunInSandbox(
        std::move(options), prepare, body, [](const absl::Status& failure) {
          // After the first steps standard error is /dev/null.
          fprintf(stderr, "%s\n", std::string(failure.message()).c_str());
          _exit(kNotEntered);
        });
    EXPECT_TRUE(status.ok()) << status.status();
    return status.value_or(-1);
  }

  int RunBody(const std::function<int()>& body) {
    return Run([] {}, body, Options());
  }

  // Runs `body` without a sandbox, for comparison: as root and in the same
  // directory.
  int RunOutside(const std::function<int()>& body) const {
    const pid_t pid = fork();
    if (pid == 0) {
      if (chdir(root_.c_str()) != 0) _exit(kNotEntered);
      // What it changes in namespaces must not outlive it.
      if (unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0 ||
          mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        _exit(kNotEntered);
      }
      _exit(body());
    }
    int status = -1;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    return status;
  }

  std::string directory_;
  std::string root_;
  UniqueFd listener_;
  Target target_;
};

bool Worked(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == kWorked;
}

bool Failed(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) != kWorked &&
         WEXITSTATUS(status) != kNotEntered;
}

TEST_P(SandboxTest, NoAttackWorksAndEachDoesOutside) {
  for (const Attack& attack : Attacks()) {
    SCOPED_TRACE(attack.name);
    EXPECT_TRUE(Worked(RunOutside([&] { return attack.run(target_); })))
        << "the attack is none";
    unlink(target_.outside.c_str());
    unlink((root_ + "/null").c_str());
    const int inside = RunBody([&] { return attack.run(target_); });
    EXPECT_TRUE(Failed(inside) ||
                (WIFSIGNALED(inside) && WTERMSIG(inside) == SIGSYS))
        << inside;
    EXPECT_NE(access(target_.outside.c_str(), F_OK), 0);
  }
}

// Ids and namespaces prevent these attacks without the filter, too.
TEST_P(SandboxTest, AttacksDoNotWorkWithoutTheFilterEither) {
  for (const Attack& attack : Attacks()) {
    if (attack.only_filtered) continue;
    SCOPED_TRACE(attack.name);
    const int inside = Run([&] { _exit(attack.run(target_)); },
                           [] { return kNotEntered; }, Options());
    EXPECT_TRUE(Failed(inside)) << inside;
  }
}

TEST_P(SandboxTest, FilterKillsWithTheFirstCall) {
  for (const Attack& attack : Attacks()) {
    if (!attack.only_filtered || attack.name == std::string("MapsCode")) {
      continue;
    }
    SCOPED_TRACE(attack.name);
    const int inside = RunBody([&] { return attack.run(target_); });
    EXPECT_TRUE(WIFSIGNALED(inside) && WTERMSIG(inside) == SIGSYS) << inside;
  }
}

// A layer needs all of this, and this is what comes to be on disk.
TEST_P(SandboxTest, FilesOfImagesAreWritten) {
  vfs_ns_cap_data capability = {};
  capability.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  capability.data[0].permitted = 1u << CAP_NET_RAW;
  const int inside = RunBody([&] {
    const UniqueFd root(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (mkdirat(root.get(), "0", 0755) != 0) return 1;
    const UniqueFd file(
        openat(root.get(), "0/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (write(file.get(), "x", 1) != 1) return 2;
    if (fchown(file.get(), 1000, 65535) != 0) return 3;
    if (fchmod(file.get(), 06755) != 0) return 4;
    if (fsetxattr(file.get(), "security.capability", &capability,
                  XATTR_CAPS_SZ_2, 0) != 0) {
      return 5;
    }
    if (fsetxattr(file.get(), "user.comment", "c", 1, 0) != 0) return 6;
    if (mknodat(root.get(), "0/.wh", S_IFCHR, makedev(0, 0)) != 0) return 7;
    if (fchownat(root.get(), "0", 0, 0, 0) != 0) return 8;
    if (fchmodat(root.get(), "0", 0, 0) != 0) return 9;
    // Only CAP_DAC_OVERRIDE lets it use this directory.
    if (linkat(root.get(), "0/f", root.get(), "0/g", 0) != 0) return 10;
    return kWorked;
  });
  EXPECT_TRUE(Worked(inside)) << WEXITSTATUS(inside);
  struct stat st;
  ASSERT_EQ(stat((root_ + "/0/f").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, GetParam() + 1000);
  EXPECT_EQ(st.st_gid, GetParam() + 65535);
  EXPECT_EQ(st.st_mode & 07777, 06755u);
  EXPECT_EQ(st.st_nlink, 2u);
  vfs_ns_cap_data stored = {};
  const ssize_t size = getxattr((root_ + "/0/f").c_str(), "security.capability",
                                &stored, sizeof(stored));
  if (GetParam() == 0) {
    EXPECT_EQ(size, XATTR_CAPS_SZ_2);
  } else {
    EXPECT_EQ(size, XATTR_CAPS_SZ_3);
    EXPECT_EQ(stored.rootid, GetParam());
  }
  ASSERT_EQ(stat(root_.c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, SandboxId(GetParam()));
}

TEST_P(SandboxTest, OwnersBeyondThoseOfImagesCannotBeGiven) {
  if (GetParam() == 0) GTEST_SKIP() << "without a user namespace there are all";
  const int inside = RunBody([] {
    const UniqueFd file(open("/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    return Result(fchown(file.get(), kImageIds + 1, 0) == 0);
  });
  EXPECT_TRUE(Failed(inside)) << inside;
}

TEST_P(SandboxTest, OnlyItsDescriptorsAreThere) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  SandboxOptions options = Options();
  options.descriptors.emplace_back(ends[1]);
  const int writer = ends[1];
  const int inside = Run([] {},
                         [&] {
                           // The listener's descriptor must not be there, nor
                           // any other.
                           for (int fd = 3; fd < 64; ++fd) {
                             if (fd != writer && fcntl(fd, F_GETFD) >= 0) {
                               return fd;
                             }
                           }
                           return write(writer, "x", 1) == 1 ? kWorked : 1;
                         },
                         std::move(options));
  EXPECT_TRUE(Worked(inside)) << inside;
  char byte;
  EXPECT_EQ(read(reader.get(), &byte, 1), 1);
  // No process has the other end any more.
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);
}

TEST_P(SandboxTest, LimitsHold) {
  EXPECT_TRUE(Worked(RunBody([] {
    const UniqueFd file(open("/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    return pwrite(file.get(), "x", 1, (1 << 20) - 1) == 1 ? kWorked : 1;
  })));
  const int too_large = RunBody([] {
    const UniqueFd file(open("/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    return Result(pwrite(file.get(), "x", 1, 1 << 20) == 1);
  });
  EXPECT_FALSE(Worked(too_large));
  const int too_much = RunBody([] {
    return Result(mmap(nullptr, size_t{2} << 30, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  });
  EXPECT_TRUE(Failed(too_much));
}

TEST_P(SandboxTest, EndsWithTheProcessAround) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t around = fork();
  if (around == 0) {
    const int fd = writer.get();
    SandboxOptions options = Options();
    options.descriptors.push_back(std::move(writer));
    Run([] {},
        [fd] {
          if (write(fd, "x", 1) != 1) return 1;
          poll(nullptr, 0, -1);
          return 0;
        },
        std::move(options));
    _exit(0);
  }
  writer = UniqueFd();
  char byte;
  ASSERT_EQ(read(reader.get(), &byte, 1), 1);
  kill(around, SIGKILL);
  EXPECT_EQ(waitpid(around, nullptr, 0), around);
  // The pipe ends when the sandbox has ended.
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);
}

INSTANTIATE_TEST_SUITE_P(IdBase, SandboxTest, ::testing::Values(kIdBase, 0u),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace faas::extractor
