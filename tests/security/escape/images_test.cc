// Tests images whose links and settings aim at the host. Either they are
// refused, with an error that says why, or they run without harm.

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/private_host.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

using testing::DirectoryEntry;
using testing::FileEntry;
using testing::SymlinkEntry;
using testing::TarEntry;

// Paths that the platform mounts upon, and where runtimes might write.
constexpr const char* kPlaces[] = {
    "dev",           "proc",    "sys",
    "tmp",           "run",     "etc/resolv.conf",
    "control.sock",  "dev/shm", "dev/pts",
    "sys/fs/cgroup",
};

// A directory of the host with a file in it that nobody may find or change.
class Target {
 public:
  explicit Target(const std::string& name)
      : directory_(testing::PrivateHostDirectory() + "/" + name) {
    std::filesystem::create_directory(directory_);
    std::filesystem::permissions(directory_, std::filesystem::perms(0777));
    std::ofstream(secret()) << "secret";
  }

  const std::string& directory() const { return directory_; }
  std::string secret() const { return directory_ + "/secret"; }

  void ExpectUntouched() const {
    size_t entries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      EXPECT_EQ(entry.path(), secret());
      ++entries;
    }
    EXPECT_EQ(entries, 1u);
    EXPECT_EQ(fs::ReadFile(secret(), 1024).value_or(""), "secret");
  }

 private:
  std::string directory_;
};

class ImageTest : public EscapeTest {
 protected:
  // Deploys "image", attacks from it if it is not refused, and removes it.
  static void ExpectHarmless(const std::string& archive, const Target& target,
                             bool* deployed = nullptr) {
    const CommandResult created =
        platform().Faas({"new", "image", "-"}, archive);
    if (deployed != nullptr) *deployed = created.exit_code == 0;
    if (created.exit_code != 0) {
      // One line says what is wrong.
      EXPECT_EQ(std::count(created.err.begin(), created.err.end(), '\n'), 1)
          << created.err;
      EXPECT_GT(created.err.size(), 20u);
      std::printf("refused: %s", created.err.c_str());
      target.ExpectUntouched();
      return;
    }
    const size_t log_offset = platform().log().Size();
    const Report files =
        AttackFrom("image", "host-files",
                   {target.secret(), platform().state_dir() + "/registry.json",
                    "/secret"});
    // The function cannot start. Its client is answered, and it harms nobody.
    if (!files.complete) {
      EXPECT_TRUE(absl::StrContains(files.text, "X-Faasd-Error: "))
          << files.text;
      std::printf("not started: %s\n",
                  platform().log().TextFrom(log_offset).c_str());
    }
    for (const auto& [what, outcome] : files.steps) {
      EXPECT_TRUE(IsRefusal(outcome, kNotThere)) << what << ": " << outcome;
    }
    if (files.complete) {
      const Report root = AttackFrom("image", "root-files");
      EXPECT_TRUE(root.complete) << root.text;
      EXPECT_FALSE(
          absl::StrContains(root.Fact("writable"), target.directory()));
      const Report neighbour = AttackFrom("image", "neighbour");
      EXPECT_TRUE(neighbour.complete) << neighbour.text;
      for (const auto& [what, outcome] : neighbour.steps) {
        EXPECT_EQ(outcome, "OK") << what;
      }
    }
    EXPECT_EQ(platform().Faas({"rm", "image"}).exit_code, 0);
    target.ExpectUntouched();
  }

  // Returns whether an unpacked layer has that link. If the link never got
  // there, the test would show nothing.
  static bool IsUnpacked(const std::string& link, const std::string& target) {
    for (const auto& layer : std::filesystem::directory_iterator(
             platform().state_dir() + "/layers")) {
      std::error_code error;
      const auto found =
          std::filesystem::read_symlink(layer.path() / "tree" / link, error);
      if (!error && found == target) return true;
    }
    return false;
  }
};

TEST_F(ImageTest, LinksInThePlaceOfThePlatformsMountsLeadNowhere) {
  const Target target("linked");
  for (const std::string place : kPlaces) {
    for (const std::string& to :
         {std::string("/"), std::string("../../.."), target.directory()}) {
      SCOPED_TRACE(place + " -> " + to);
      std::vector<TarEntry> more;
      const std::string parent = std::filesystem::path(place).parent_path();
      if (!parent.empty()) more.push_back(DirectoryEntry(parent + "/"));
      more.push_back(SymlinkEntry(place, to));
      bool deployed = false;
      ExpectHarmless(AttackArchive({}, more), target, &deployed);
      // On the host, with nothing in between, the link leads to the secret.
      EXPECT_TRUE(!deployed || IsUnpacked(place, to));
    }
  }
}

TEST_F(ImageTest, WorkingDirectoriesLeadNowhere) {
  const Target target("worked-in");
  std::vector<std::string> directories = {
      "/proc/1/cwd",    "/proc/1/root",    "/proc/self/fd/7/../../..",
      "/proc/self/cwd", "/proc/self/root", "/proc/thread-self/fd/7",
      "/dev/fd/7",      "/linked-root",    "/linked-fd",
      "/linked-target",
  };
  // A runtime may have these open when it enters the directory.
  for (int fd = 3; fd < 12; ++fd) {
    directories.push_back(absl::StrCat("/proc/self/fd/", fd));
  }
  for (const std::string& directory : directories) {
    testing::ImageSettings settings;
    settings.working_dir = directory;
    std::vector<TarEntry> entries = {
        SymlinkEntry("linked-root", "/"),
        SymlinkEntry("linked-fd", "/proc/self/fd/7"),
        SymlinkEntry("linked-target", target.directory()),
    };
    {
      SCOPED_TRACE(directory);
      ExpectHarmless(AttackArchive(settings, entries), target);
    }
    // The image has such a directory for somebody who looks there first, below
    // what is mounted later.
    SCOPED_TRACE(directory + " of the image");
    std::string path;
    for (absl::string_view name :
         absl::StrSplit(directory, '/', absl::SkipEmpty())) {
      if (name == ".." || absl::StartsWith(name, "linked-")) break;
      absl::StrAppend(&path, name, "/");
      entries.push_back(DirectoryEntry(path));
    }
    ExpectHarmless(AttackArchive(settings, entries), target);
  }
}

// This is the control of both: a process in the host's root finds the secret in
// the same ways.
TEST_F(ImageTest, TheSameWaysLeadToItOnTheHost) {
  const Target target("found");
  Control control;
  control.isolated = false;
  const Report report = RunControl("host-files", {target.secret()}, control);
  EXPECT_EQ(report.Step(target.secret()), "OK");
  EXPECT_EQ(report.Step("/proc/self/cwd/..." + target.secret()), "OK");
}

}  // namespace
}  // namespace faas::escape
