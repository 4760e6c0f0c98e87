// Tests files of the host, of the kernel, of the image and of other functions.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"
#include "testing/child_process.h"
#include "testing/private_host.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

// Returns the pids of the host's processes of that name.
std::vector<pid_t> PidsOf(const std::string& name) {
  std::vector<pid_t> pids;
  for (const pid_t pid : testing::ProcessTree(1)) {
    if (testing::ProcessName(pid) == name) pids.push_back(pid);
  }
  return pids;
}

// Starts a process with a pid that no container reaches.
testing::Child StartFarProcess() {
  constexpr pid_t kFar = 3000;
  while (true) {
    absl::StatusOr<testing::Child> process =
        testing::Child::Start({"sleep", "60"}, {});
    EXPECT_OK(process);
    if (process->pid() > kFar) return *std::move(process);
    // Threads have pids as well.
    for (int i = 0; i < 500; ++i) std::thread([] {}).join();
  }
}

TEST_F(EscapeTest, TheHostsProcessesAreNotThere) {
  const testing::Child process = StartFarProcess();
  Control control;
  control.isolated = false;
  ExpectRefusedInFunctions("host-proc", {absl::StrCat(process.pid())},
                           kNotThere, control);
}

TEST_F(EscapeTest, TheHostsFilesAreNotThere) {
  const std::string secret = testing::PrivateHostDirectory() + "/secret";
  std::ofstream(secret) << "secret";
  const std::vector<std::string> paths = {
      secret,
      platform().state_dir() + "/registry.json",
      platform().state_dir() + "/bundles",
      platform().run_dir() + "/runnerd.sock",
      platform().run_dir() + "/runtime",
  };
  Control control;
  control.isolated = false;
  // Among the host's own processes, "/proc/1/cwd" and the like lead to it too.
  const Report without = RunControl("host-files", paths, control);
  for (const std::string& path : paths) {
    EXPECT_EQ(without.Step(path), "OK");
    EXPECT_EQ(without.Step("/proc/1/root" + path), "OK");
  }
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "host-files", paths);
    EXPECT_TRUE(attack.complete) << attack.text;
    EXPECT_EQ(attack.steps.size(), without.steps.size());
    for (const auto& [what, outcome] : attack.steps) {
      EXPECT_TRUE(IsRefusal(outcome, kNotThere)) << what << ": " << outcome;
    }
  }
}

TEST_F(EscapeTest, FilesOfTheKernelAreNotWritable) {
  Control control;
  control.isolated = false;
  ExpectRefusedInFunctions("kernel-files", {}, kNotThere, control);
}

TEST_F(EscapeTest, DevicesAreNotThere) {
  // Runtimes make these by default, and some make more.
  const std::vector<std::string> nodes = {
      "fd",    "full",   "null",   "ptmx", "pts",     "random", "shm",
      "stdin", "stdout", "stderr", "tty",  "urandom", "zero",
  };
  const std::vector<std::string> more = {"console", "core", "mqueue"};
  const Report control = RunControl("devices");
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "devices");
    ExpectRefused(attack, control, kNotThere);
    std::vector<std::string> found = Words(attack.Fact("nodes"));
    found.erase(std::remove_if(found.begin(), found.end(),
                               [&more](const std::string& node) {
                                 return std::find(more.begin(), more.end(),
                                                  node) != more.end();
                               }),
                found.end());
    EXPECT_THAT(found, UnorderedElementsAreArray(nodes));
  }
}

TEST_F(EscapeTest, OnlyTmpAndShmAreWritable) {
  // The root is writable here. It is that of this test, as files of the image
  // are.
  const std::string directory =
      testing::PrivateHostDirectory() + "/writable-root";
  for (const char* name : {"etc", "tmp", "dev", "proc", "run"}) {
    std::filesystem::create_directories(absl::StrCat(directory, "/", name));
  }
  std::filesystem::copy_file(AttackProgram(), directory + "/attack");
  for (const char* name : {"/etc/passwd", "/control.sock"}) {
    std::ofstream(directory + name) << "x";
  }
  Control control;
  control.wrapper = {"chroot", directory};
  control.program = "/attack";
  const Report without = RunControl("root-files", {}, control);
  EXPECT_THAT(Words(without.Fact("writable")),
              IsSupersetOf({"/", "/etc", "/run"}));
  const Outcomes mounted = {"EBUSY", "EXDEV", "ENOENT", "ENXIO", "ETXTBSY"};
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "root-files");
    std::vector<std::string> writable = Words(attack.Fact("writable"));
    // It belongs to root in its container, and is too small for anything.
    writable.erase(std::remove(writable.begin(), writable.end(), "/dev"),
                   writable.end());
    EXPECT_THAT(writable, ElementsAre("/dev/shm", "/tmp"));
    EXPECT_TRUE(attack.complete);
    for (const auto& [what, outcome] : attack.steps) {
      EXPECT_TRUE(IsRefusal(outcome, mounted)) << what << ": " << outcome;
    }
    EXPECT_EQ(attack.steps.size(), without.steps.size());
  }
}

TEST_F(EscapeTest, WhatIsWritableIsBounded) {
  Control control;
  control.wrapper = {"sh", "-c",
                     "mount -t tmpfs -o size=3g,nr_inodes=0 none /tmp && "
                     "mkdir /tmp/shm && mount -t tmpfs -o size=3g,nr_inodes=0 "
                     "none /dev/shm && exec \"$@\"",
                     "sh"};
  const Report without = RunControl("tmpfs", {}, control);
  for (const char* step :
       {"/tmp filled with bytes", "/tmp filled with files",
        "/dev/shm filled with bytes", "/dev/shm filled with files"}) {
    EXPECT_EQ(without.Step(step), "OK") << without.text;
  }
  EXPECT_EQ(without.Fact("/tmp nosuid"), "no");
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "tmpfs");
    EXPECT_TRUE(attack.complete) << attack.text;
    for (const char* place : {"/tmp", "/dev/shm"}) {
      SCOPED_TRACE(place);
      const std::string in = absl::StrCat(place, " ");
      EXPECT_EQ(attack.Fact(in + "nosuid"), "yes");
      EXPECT_EQ(attack.Fact(in + "nodev"), "yes");
      EXPECT_EQ(attack.Step(in + "filled with bytes"), "ENOSPC");
      EXPECT_EQ(attack.Step(in + "filled with files"), "ENOSPC");
      EXPECT_EQ(attack.Fact(in + "bytes"), absl::StrCat(64 << 20));
    }
    EXPECT_EQ(attack.Fact("/dev bytes"), absl::StrCat(64 << 10));
    EXPECT_EQ(attack.Fact("/dev files"), "64");
  }
}

// One container leaves things, and another looks for them: one of another
// function, and one of the same function.
TEST_F(EscapeTest, FunctionsDoNotFindWhatOthersLeave) {
  constexpr char kText[] = "planted-text";
  constexpr char kVariable[] = "PLANTED_VARIABLE=secret";
  testing::ImageSettings settings;
  settings.env = {kVariable};
  const std::string secret = testing::PrivateHostDirectory() + "/planted";
  std::ofstream(secret) << kText;
  DeployAttack(&platform(), "planter", AttackArchive(settings),
               {"--secret", "planted=" + secret});
  TestConnection planter =
      Request(&platform(), "planter", absl::StrCat("/plant?", kText));
  ASSERT_OK(planter.ReadUntil("planted\n"));

  // It must not be a child of its runtime, which may have just ended.
  std::vector<pid_t> pids;
  ASSERT_TRUE(WaitUntil([&pids] {
    pids = PidsOf("attack");
    return pids.size() == 1;
  }));
  const std::string process = absl::StrCat("/proc/", pids[0]);
  // It is there for root, and for this program in the planter's namespaces.
  EXPECT_EQ(fs::ReadFile(process + "/root/tmp/planted", 1024).value_or(""),
            kText);
  Control control;
  control.isolated = false;
  control.wrapper = {"nsenter", "--all", "--target", absl::StrCat(pids[0])};
  control.program = "/attack";
  const Report without = RunControl("search", {kText, kVariable}, control);
  for (const auto& [what, outcome] : without.steps) {
    EXPECT_EQ(outcome, "OK") << what;
  }
  EXPECT_EQ(without.steps.size(), 6u);

  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    ExpectRefused(AttackFrom(function, "search", {kText, kVariable}), without,
                  kNotThere);
  }
  Report same = AttackFrom("planter", "search", {kText, kVariable});
  // It has these itself, as all containers of its function have.
  same.steps["an environment"] = "ENOENT";
  same.steps["a secret"] = "ENOENT";
  ExpectRefused(same, without, kNotThere);
  // It serves as long as the client wants.
  ASSERT_OK(planter.Send("."));
  ASSERT_OK(planter.ReadToEnd());
}

}  // namespace
}  // namespace faas::escape
