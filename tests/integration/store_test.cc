// Tests the image store as its users meet it: many layers, layers that are
// stored already, df, gc, several images, OCI layouts and progress.

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreTest : public PlatformTestBase {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(StartSupervised()); }

  static std::string Noise(size_t bytes, uint32_t seed) {
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>((seed = seed * 69069 + 1) >> 24);
    return text;
  }

  CommandResult Faas(const std::vector<std::string>& arguments,
                     const std::string& input = "") {
    const CommandResult result = platform().Faas(arguments, input);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }

  std::string WriteFile(const std::string& name, const std::string& content) {
    const std::string path = PrivateHostDirectory() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  size_t Layers() {
    return std::distance(
        std::filesystem::directory_iterator(platform().state_dir() + "/layers"),
        std::filesystem::directory_iterator());
  }
};

TEST_F(StoreTest, AsManyLayersAsAllowedAreMounted) {
  ImageBuilder image = VictimImage({"by-path"});
  for (int i = 0; i < 126; ++i) {
    image.AddLayer(MakeTar({FileEntry(absl::StrCat("file", i), "x")}));
  }
  const std::string address = Deploy("many", image.Save(Layout::kDocker25));
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  const std::string rootfs = platform().state_dir() + "/images/many/rootfs";
  EXPECT_TRUE(std::filesystem::exists(rootfs + "/file0"));
  EXPECT_TRUE(std::filesystem::exists(rootfs + "/file125"));
  image.AddLayer(MakeTar({FileEntry("one-too-many", "x")}));
  const CommandResult refused =
      platform().Faas({"new", "more"}, image.Save(Layout::kDocker25));
  EXPECT_THAT(refused.err, HasSubstr("128 layers, more than 127"));
  EXPECT_THAT(refused.err, HasSubstr(" [LIMIT]\n"));
}

TEST_F(StoreTest, LayersThatAreThereAreNotWrittenAgain) {
  const std::string base = MakeTar({FileEntry("base", Noise(3 << 20, 1))});
  const auto image = [&](const char* text) {
    return VictimImage({"by-path"})
        .AddLayer(base)
        .AddLayer(MakeTar({FileEntry("top", text)}));
  };
  Deploy("one", image("1").Save(Layout::kDocker20));
  const size_t before = Layers();
  const size_t offset = platform().log().Size();
  for (const Layout layout :
       {Layout::kDocker20, Layout::kDocker25, Layout::kContainerd}) {
    const std::string name = absl::StrCat("f", static_cast<int>(layout));
    EXPECT_EQ(Get(Deploy(name, image("2").Save(layout)), "/ok").body, "ok\n");
  }
  EXPECT_EQ(Layers(), before + 1);
  EXPECT_THAT(platform().log().Text().substr(offset),
              ContainsRegex("Found 3 layers \\(2 stored already\\)"));
  EXPECT_THAT(platform().log().Text().substr(offset),
              ContainsRegex("Found 3 layers \\(3 stored already\\)"));
}

TEST_F(StoreTest, UsageIsToldAndGarbageCollected) {
  const std::string base = MakeTar({FileEntry("base", Noise(2 << 20, 1))});
  ImageSettings settings;
  settings.cmd = {"/none"};
  const auto image = [&](uint32_t seed) {
    return ImageBuilder()
        .AddLayer(base)
        .AddLayer(MakeTar({FileEntry("own", Noise(1 << 20, seed))}))
        .SetSettings(settings)
        .Save(Layout::kDocker25);
  };
  Deploy("one", image(2));
  Deploy("two", image(3));
  const std::string table = Faas({"df"}).out;
  EXPECT_THAT(table, ContainsRegex("one +1\\.0 MB +2\\.1 MB\n"));
  EXPECT_THAT(table, ContainsRegex("two +1\\.0 MB +2\\.1 MB\n"));
  EXPECT_THAT(table, ContainsRegex("Layers: +3, 4\\.2 MB\n"));
  EXPECT_THAT(table, ContainsRegex("Unused: +0, 0 B\n"));
  Faas({"rm", "two"});
  EXPECT_THAT(Faas({"df"}).out, ContainsRegex("Unused: +1, 1\\.0 MB"));
  EXPECT_EQ(Layers(), 3u);  // the grace
  EXPECT_TRUE(WaitUntil([&] {
    Faas({"gc"});
    return Layers() == 2;
  }));
  const std::string json = Faas({"df", "-o", "json"}).out;
  EXPECT_THAT(json, HasSubstr("\"function\": \"one\""));
  EXPECT_THAT(json, HasSubstr("\"layers\": \"2\""));
}

TEST_F(StoreTest, OwnersAreShiftedAndContainersSeeTheirs) {
  TarEntry owned = FileEntry("owned", "x", 0600);
  owned.uid = 33;
  ImageBuilder image = VictimImage({"info"});
  image.AddLayer(MakeTar({owned}));
  Deploy("f", image.Save(Layout::kDocker25));
  struct stat st;
  ASSERT_EQ(
      lstat((platform().state_dir() + "/images/f/rootfs/owned").c_str(), &st),
      0);
  EXPECT_EQ(st.st_uid, 100033u);
  owned.uid = 65536;
  const CommandResult refused = platform().Faas(
      {"new", "g"},
      ImageBuilder(image).AddLayer(MakeTar({owned})).Save(Layout::kDocker25));
  EXPECT_THAT(refused.err, HasSubstr("65536:0"));
  EXPECT_THAT(refused.err, HasSubstr(" [UNSUPPORTED]\n"));
}

TEST_F(StoreTest, AttributesThatAreNotKeptAreNamed) {
  TarEntry labelled = FileEntry("labelled", "x");
  labelled.pax = {{"SCHILY.xattr.security.selinux", "system_u"},
                  {"SCHILY.xattr.user.kept", "1"}};
  const CommandResult result =
      Faas({"new", "f"}, VictimImage({"by-path"})
                             .AddLayer(MakeTar({labelled}))
                             .Save(Layout::kDocker25));
  const std::string line =
      "  Not kept: attribute security.selinux of 1 file (\"labelled\")\n";
  EXPECT_THAT(result.out, HasSubstr(line));
  EXPECT_THAT(Faas({"describe", "f"}).out, HasSubstr(line));
  // What was not kept is remembered with the layer.
  EXPECT_THAT(Faas({"new", "g"}, VictimImage({"by-path"})
                                     .AddLayer(MakeTar({labelled}))
                                     .Save(Layout::kDocker25))
                  .out,
              HasSubstr(line));
}

TEST_F(StoreTest, OciDirectoriesAreSentFromTheirPlace) {
  const std::string archive =
      WriteFile("image.tar", VictimArchive({"by-path"}));
  const std::string layout = PrivateHostDirectory() + "/layout";
  const CommandResult copied =
      RunCommand({"skopeo", "--insecure-policy", "copy", "-q",
                  "docker-archive:" + archive, "oci:" + layout + ":latest"});
  if (copied.exit_code == 127) GTEST_SKIP() << "skopeo is not installed";
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  const CommandResult result = Faas({"new", "f", "--oci", layout});
  EXPECT_THAT(result.out, HasSubstr("from " + layout));
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  Faas({"update", "f", "--oci", layout, "--ref", "latest"});
  const CommandResult missing =
      platform().Faas({"update", "f", "--oci", layout, "--ref", "other"});
  EXPECT_THAT(missing.err, HasSubstr("\"other\""));
  const CommandResult none =
      platform().Faas({"update", "f", "--oci", PrivateHostDirectory()});
  EXPECT_THAT(none.err, HasSubstr("is no OCI image layout"));
}

TEST_F(StoreTest, LongUploadsShowProgressOnTerminalsAndElsewhere) {
  const std::string archive =
      WriteFile("progress.tar",
                VictimImage({"by-path"})
                    .AddLayer(MakeTar({FileEntry("noise", Noise(24 << 20, 1))}))
                    .Save(Layout::kDocker20));
  // script(1) gives the command a terminal.
  const CommandResult terminal = RunCommand(
      {"script", "-qec",
       absl::StrCat(Runfile("faas_cli/faas"), " new f ", archive), "/dev/null"},
      "", {.env = {"FAASD_RUN_DIR=" + platform().run_dir()}});
  EXPECT_EQ(terminal.exit_code, 0) << terminal.out;
  EXPECT_THAT(terminal.out, ContainsRegex("\\[#* *\\] .*layer [12]"));
  EXPECT_THAT(terminal.out, HasSubstr("✓ Deployed f"));
  // Without a terminal there is no bar, and standard output is as the guide has
  // it.
  const CommandResult plain = Faas({"new", "g", archive});
  EXPECT_THAT(plain.err, Not(HasSubstr("\r")));
  EXPECT_THAT(plain.out, ContainsRegex("^Uploading image 'g'.*\nRead [0-9]+ "
                                       "bytes from .*\n✓ Deployed g at "));
}

TEST_F(StoreTest, InterruptLeavesNothing) {
  DeployVictim("good", {"by-path"});
  const size_t before = Layers();
  const std::string archive = VictimArchive({"say", "different"});
  const std::string half =
      WriteFile("half.tar", archive.substr(0, archive.size() / 2));
  const size_t offset = platform().log().Size();
  OutputLog log;
  auto client = Daemon::Start(
      {"sh", "-c",
       absl::StrCat("{ cat ", half, "; exec sleep 1000; } | exec ",
                    Runfile("faas_cli/faas"), " new half -")},
      &log, {"FAASD_RUN_DIR=" + platform().run_dir()});
  ASSERT_OK(client);
  EXPECT_TRUE(platform().log().WaitFor("Extracting tarball", kSoon, offset));
  for (const pid_t pid : ProcessTree((*client)->pid())) kill(pid, SIGINT);
  EXPECT_TRUE(platform().log().WaitFor("Failed to deploy half", kSoon, offset));
  for (const pid_t pid : ProcessTree((*client)->pid())) kill(pid, SIGKILL);
  (*client)->Wait();
  EXPECT_TRUE(WaitUntil([&] {
    return std::filesystem::is_empty(platform().state_dir() + "/staging");
  }));
  EXPECT_EQ(Layers(), before);
  EXPECT_THAT(Faas({"list"}).out, Not(HasSubstr("half")));
}

}  // namespace
}  // namespace faas::testing
