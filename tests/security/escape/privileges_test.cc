// Tests what a process in a function may do, and that no program in its image
// gives it more.

#include <sys/stat.h>
#include <sys/xattr.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "testing/private_host.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

constexpr char kNone[] = "0000000000000000";
constexpr const char* kSets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd",
                                 "CapAmb"};

// Returns the copies of the program that an image has, as paths on the host.
std::string InstallPrivilegedCopies() {
  const std::string directory = testing::PrivateHostDirectory() + "/copies";
  std::filesystem::create_directory(directory);
  EXPECT_EQ(chmod(directory.c_str(), 0755), 0);
  const std::string filecaps = directory + "/filecaps";
  const std::string setuid = directory + "/setuid";
  for (const std::string& copy : {filecaps, setuid, directory + "/attack"}) {
    std::filesystem::copy_file(
        AttackProgram(), copy,
        std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(chmod(copy.c_str(), copy == setuid ? 04755 : 0755), 0);
  }
  const std::string value = AllFileCapabilities();
  EXPECT_EQ(setxattr(filecaps.c_str(), "security.capability", value.data(),
                     value.size(), 0),
            0);
  return directory;
}

TEST_F(EscapeTest, ThereAreNoPrivileges) {
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report identity = AttackFrom(function, "identity");
    EXPECT_TRUE(identity.complete) << identity.text;
    for (const char* set : kSets) EXPECT_EQ(identity.Fact(set), kNone) << set;
    EXPECT_EQ(identity.Fact("NoNewPrivs"), "1");
    EXPECT_EQ(identity.Fact("Seccomp"), "2");
    EXPECT_EQ(identity.Fact("euid"),
              function == absl::string_view("app") ? "1000" : "0");
  }
  const Report control = RunControl("identity");
  EXPECT_NE(control.Fact("CapEff"), kNone);
  EXPECT_EQ(control.Fact("NoNewPrivs"), "0");
  EXPECT_EQ(control.Fact("Seccomp"), "0");
}

TEST_F(EscapeTest, NoneAreToBeHad) {
  const std::string directory = InstallPrivilegedCopies();
  const Report control = RunControl("privileges", {directory});
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "privileges");
    ExpectRefused(attack, control);
    for (const char* map : {"uid_map", "gid_map"}) {
      const std::vector<std::string> fields = absl::StrSplit(
          attack.Fact(map), absl::ByAnyChar(" ;"), absl::SkipEmpty());
      // The fields are: the first id within the namespace, the first on the
      // host, and how many there are.
      ASSERT_EQ(fields.size(), 3u) << attack.Fact(map);
      EXPECT_EQ(fields[0], "0");
      EXPECT_GE(atol(fields[1].c_str()), 65536);
    }
  }
}

TEST_F(EscapeTest, ProgramsOfTheImageGiveNone) {
  const std::string directory = InstallPrivilegedCopies();
  Control as_app;
  as_app.isolated = false;
  as_app.wrapper = {"setpriv", "--reuid=1000", "--regid=1000",
                    "--clear-groups"};
  as_app.program = directory + "/attack";
  const Report control = RunControl("privileges", {directory}, as_app);
  EXPECT_EQ(control.Fact("setuid euid"), "0") << control.text;
  EXPECT_NE(control.Fact("filecaps CapEff"), kNone) << control.text;
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report attack = AttackFrom(function, "privileges");
    const std::string user =
        function == absl::string_view("app") ? "1000" : "0";
    for (const char* program : {"setuid", "filecaps"}) {
      SCOPED_TRACE(program);
      EXPECT_EQ(attack.Fact(absl::StrCat(program, " euid")), user)
          << attack.text;
      for (const char* set : kSets) {
        EXPECT_EQ(attack.Fact(absl::StrCat(program, " ", set)), kNone);
      }
    }
  }
}

}  // namespace
}  // namespace faas::escape
