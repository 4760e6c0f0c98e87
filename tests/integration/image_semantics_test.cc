// Tests that containers get what their image says.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using Json = nlohmann::json;

// Runs each test with either kind of root file system. All tests of a kind
// share one platform, and each removes its functions.
class ImageSemanticsTest : public PlatformTestBase,
                           public ::testing::WithParamInterface<const char*> {
 protected:
  static void SetUpTestSuite() { platforms_ = new Platforms; }
  static void TearDownTestSuite() {
    delete platforms_;
    platforms_ = nullptr;
  }

  void SetUp() override {
    platform_ = std::move((*platforms_)[GetParam()]);
    if (platform_ != nullptr) return;
    const int number = GetParam() == std::string("flat") ? 1 : 0;
    PlatformOptions options;
    options.pool = absl::StrCat("10.0.", number, ".0/24");
    options.control_listen = absl::StrCat("127.0.0.1:", 8080 + number);
    options.supervisor_flags = {
        absl::StrCat("--runnerd_args=--rootfs=", GetParam())};
    ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  }

  void TearDown() override {
    PlatformTestBase::TearDown();
    // A test that failed does not pass its platform on.
    if (HasFailure()) return;
    for (const char* name : {"info", "one", "tree", "two"}) {
      platform().Faas({"rm", name});
    }
    EXPECT_TRUE(WaitUntil([this] {
      platform().Faas({"gc"});
      return std::filesystem::is_empty(platform().state_dir() + "/layers");
    }));
    (*platforms_)[GetParam()] = std::move(platform_);
  }

  // Deploys the victim with `settings` and returns what it sees.
  Json Info(const ImageSettings& settings) {
    address_ = Deploy("info", ImageBuilder()
                                  .AddLayer(VictimLayer())
                                  .SetSettings(settings)
                                  .Save(Layout::kDocker25));
    const Json info = Json::parse(Get(address_).body, nullptr, false);
    EXPECT_FALSE(info.is_discarded());
    return info;
  }

  // Deploys layers and returns the path of their union.
  std::string Rootfs(const std::vector<std::vector<TarEntry>>& layers) {
    ImageBuilder image;
    for (const auto& entries : layers) image.AddLayer(MakeTar(entries));
    ImageSettings settings;
    settings.cmd = {"/none"};
    Deploy("tree", image.SetSettings(settings).Save(Layout::kDocker25));
    return platform().state_dir() + "/images/tree/rootfs";
  }

  static struct stat Stat(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(lstat(path.c_str(), &info), 0) << path;
    return info;
  }

  static std::string Contents(const std::string& path) {
    std::ifstream file(path);
    return (std::stringstream() << file.rdbuf()).str();
  }

  static std::vector<std::string> Names(const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  // The address of the function "info".
  std::string address_;

 private:
  using Platforms = std::map<std::string, std::unique_ptr<Platform>>;
  static Platforms* platforms_;
};

ImageSemanticsTest::Platforms* ImageSemanticsTest::platforms_ = nullptr;

ImageSettings InfoSettings() {
  ImageSettings settings;
  settings.cmd = {"/victim", "info"};
  return settings;
}

TEST_P(ImageSemanticsTest, EntrypointComesBeforeCmd) {
  ImageSettings settings;
  settings.entrypoint = {"/victim", "info"};
  settings.cmd = {"a b", "", "c"};
  EXPECT_EQ(Info(settings)["argv"],
            Json::array({"/victim", "info", "a b", "", "c"}));
  EXPECT_THAT(platform().Faas({"list"}).out,
              ::testing::HasSubstr("/victim info"));
}

TEST_P(ImageSemanticsTest, EntrypointAloneIsEnough) {
  ImageSettings settings;
  settings.entrypoint = {"/victim", "info"};
  EXPECT_EQ(Info(settings)["argv"], Json::array({"/victim", "info"}));
}

TEST_P(ImageSemanticsTest, CommandIsLookedUpInPathOfTheImage) {
  ImageSettings settings;
  settings.cmd = {"victim", "info"};
  settings.env = {"PATH=/nowhere:/"};
  EXPECT_EQ(Info(settings)["argv"], Json::array({"victim", "info"}));
}

TEST_P(ImageSemanticsTest, EnvIsTheImagesAndNotTheHosts) {
  ImageSettings settings = InfoSettings();
  settings.env.push_back("GREETING=hello world=1");
  const std::vector<std::string> env = Info(settings)["env"];
  EXPECT_THAT(env, Contains("GREETING=hello world=1"));
  EXPECT_THAT(env, Contains(::testing::StartsWith("PATH=/usr/local/sbin")));
  EXPECT_THAT(env, ::testing::Not(Contains(::testing::StartsWith("TEST_"))));
}

TEST_P(ImageSemanticsTest, WorkingDirIsTheContainers) {
  ImageSettings settings = InfoSettings();
  settings.working_dir = "/etc";
  EXPECT_EQ(Info(settings)["cwd"], "/etc");
}

TEST_P(ImageSemanticsTest, NoWorkingDirIsTheRoot) {
  EXPECT_EQ(Info(InfoSettings())["cwd"], "/");
}

TEST_P(ImageSemanticsTest, UserByNameHasItsGroups) {
  ImageSettings settings = InfoSettings();
  settings.user = "app";
  const Json info = Info(settings);
  EXPECT_EQ(info["uid"], 1000);
  EXPECT_EQ(info["gid"], 1000);
  const std::vector<int> groups = info["groups"];
  EXPECT_THAT(groups, Contains(29));
}

TEST_P(ImageSemanticsTest, UserByNumberNeedsNoEntry) {
  ImageSettings settings = InfoSettings();
  settings.user = "1234:2345";
  const Json info = Info(settings);
  EXPECT_EQ(info["uid"], 1234);
  EXPECT_EQ(info["gid"], 2345);
}

TEST_P(ImageSemanticsTest, UserWithGroupByName) {
  ImageSettings settings = InfoSettings();
  settings.user = "1000:audio";
  const Json info = Info(settings);
  EXPECT_EQ(info["uid"], 1000);
  EXPECT_EQ(info["gid"], 29);
}

TEST_P(ImageSemanticsTest, ContainerIsAlone) {
  const Json info = Info(InfoSettings());
  EXPECT_EQ(info["root_writable"], false);
  EXPECT_EQ(info["interfaces"], Json::array({"lo"}));
  EXPECT_EQ(info["processes"].size(), 1u) << info["processes"];
  EXPECT_EQ(info["status"]["NoNewPrivs"], "1");
  for (const Json& mount : info["mounts"]) {
    if (mount["point"] != "/") continue;
    EXPECT_THAT(mount["options"].get<std::string>(),
                ::testing::StartsWith("ro"));
  }
}

TEST_P(ImageSemanticsTest, HandlerGetsOneDescriptorAndOneLineOfJson) {
  const Json info = Info(InfoSettings());
  EXPECT_EQ(info["control_descriptors"], 1);
  // The standard streams and the client's socket are open.
  EXPECT_EQ(info["fds"].size(), 4u) << info["fds"];
  const std::string message = info["control_message"];
  EXPECT_LE(message.size(), 1024u);
  EXPECT_EQ(message.find('\n'), message.size() - 1);
  const Json line = Json::parse(message, nullptr, false);
  ASSERT_TRUE(line.is_object()) << message;
  EXPECT_EQ(line["function"], "info");
  EXPECT_EQ(info["peer"].get<std::string>().find(address_ + ":"), 0u);
}

TEST_P(ImageSemanticsTest, StopSignalAndLabelsAreDescribed) {
  ImageSettings settings = InfoSettings();
  settings.stop_signal = "SIGINT";
  settings.labels = {{"maintainer", "nobody"}};
  Info(settings);
  const CommandResult described =
      platform().Faas({"describe", "info", "-o", "json"});
  EXPECT_EQ(described.exit_code, 0) << described.err;
  const Json json = Json::parse(described.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << described.out;
  EXPECT_NE(described.out.find("SIGINT"), std::string::npos);
  EXPECT_NE(described.out.find("maintainer"), std::string::npos);
  const Json list =
      Json::parse(platform().Faas({"list", "-o", "json"}).out, nullptr, false);
  EXPECT_FALSE(list.is_discarded());
  const Json ip = Json::parse(platform().Faas({"ip", "info", "-o", "json"}).out,
                              nullptr, false);
  EXPECT_FALSE(ip.is_discarded());
}

TEST_P(ImageSemanticsTest, UpperLayersReplaceLowerOnes) {
  const std::string rootfs = Rootfs({
      {DirectoryEntry("d/"), FileEntry("d/kept", "1"), FileEntry("d/new", "1")},
      {DirectoryEntry("d/"), FileEntry("d/new", "2"), FileEntry("d/more", "2")},
  });
  EXPECT_EQ(Contents(rootfs + "/d/kept"), "1");
  EXPECT_EQ(Contents(rootfs + "/d/new"), "2");
  EXPECT_EQ(Contents(rootfs + "/d/more"), "2");
}

TEST_P(ImageSemanticsTest, WhiteoutsRemoveWhatIsBelow) {
  const std::string rootfs = Rootfs({
      {DirectoryEntry("d/"), FileEntry("d/a", ""), FileEntry("d/b", ""),
       DirectoryEntry("e/"), FileEntry("e/x", ""), FileEntry("f", "")},
      {DirectoryEntry("d/"), FileEntry("d/.wh.a", ""), FileEntry(".wh.e", ""),
       FileEntry(".wh.f", "")},
      {FileEntry("f", "again")},
  });
  EXPECT_THAT(Names(rootfs + "/d"), ElementsAre("b"));
  EXPECT_FALSE(std::filesystem::exists(rootfs + "/e"));
  EXPECT_EQ(Contents(rootfs + "/f"), "again");
}

TEST_P(ImageSemanticsTest, OpaqueDirectoriesHideWhatIsBelow) {
  const std::string rootfs = Rootfs({
      {DirectoryEntry("d/"), FileEntry("d/old", ""), DirectoryEntry("d/s/"),
       FileEntry("d/s/old", "")},
      {DirectoryEntry("d/"), FileEntry("d/.wh..wh..opq", ""),
       FileEntry("d/new", "")},
  });
  EXPECT_THAT(Names(rootfs + "/d"), ElementsAre("new"));
}

TEST_P(ImageSemanticsTest, LinksModesOwnersAndTimesAreKept) {
  TarEntry owned = FileEntry("owned", "x", 0640);
  owned.uid = 1000;
  owned.gid = 2001;
  owned.mtime = 1234567890;
  const std::string rootfs = Rootfs({{
      owned,
      HardLinkEntry("linked", "owned"),
      SymlinkEntry("absolute", "/etc/passwd"),
      FileEntry("setuid", "", 04755),
      DirectoryEntry("sticky/", 01777),
      SymlinkEntry("sticky/dangling", "../nowhere"),
  }});
  const struct stat info = Stat(rootfs + "/owned");
  EXPECT_EQ(info.st_mode, S_IFREG | 0640u);
  // On the host, all ids are shifted by --id_base.
  EXPECT_EQ(info.st_uid, 101000u);
  EXPECT_EQ(info.st_gid, 102001u);
  EXPECT_EQ(info.st_mtime, 1234567890);
  EXPECT_EQ(info.st_nlink, 2u);
  EXPECT_EQ(Stat(rootfs + "/linked").st_ino, info.st_ino);
  EXPECT_EQ(std::filesystem::read_symlink(rootfs + "/absolute"), "/etc/passwd");
  EXPECT_EQ(std::filesystem::read_symlink(rootfs + "/sticky/dangling"),
            "../nowhere");
  EXPECT_EQ(Stat(rootfs + "/setuid").st_mode, S_IFREG | 04755u);
  EXPECT_EQ(Stat(rootfs + "/sticky").st_mode, S_IFDIR | 01777u);
}

TEST_P(ImageSemanticsTest, LayerThatOccursTwiceIsTakenTwice) {
  const std::vector<TarEntry> same = {FileEntry("a", "1")};
  const std::string rootfs =
      Rootfs({same, {FileEntry(".wh.a", "")}, same, {FileEntry("b", "2")}});
  EXPECT_THAT(Names(rootfs), ::testing::IsSupersetOf({"a", "b"}));
}

TEST_P(ImageSemanticsTest, FunctionsOnOneBaseShareItOnDisk) {
  const std::string layer =
      MakeTar({FileEntry("big", std::string(1 << 20, 'x'))});
  ImageSettings settings;
  settings.cmd = {"/none"};
  auto size = [this] {
    uintmax_t sum = 0;
    const std::string layers = platform().state_dir() + "/layers";
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(layers)) {
      if (entry.is_regular_file()) sum += entry.file_size();
    }
    return sum;
  };
  Deploy("one", ImageBuilder()
                    .AddLayer(layer)
                    .AddLayer(MakeTar({FileEntry("top", "1")}))
                    .SetSettings(settings)
                    .Save(Layout::kDocker25));
  const uintmax_t before = size();
  Deploy("two", ImageBuilder()
                    .AddLayer(layer)
                    .AddLayer(MakeTar({FileEntry("top", "2")}))
                    .SetSettings(settings)
                    .Save(Layout::kDocker20));
  EXPECT_GE(before, uintmax_t{1} << 20);
  EXPECT_LT(size() - before, uintmax_t{1} << 16);
}

INSTANTIATE_TEST_SUITE_P(Rootfs, ImageSemanticsTest,
                         ::testing::Values("overlay", "flat"),
                         [](const auto& kind) {
                           return std::string(kind.param);
                         });

}  // namespace
}  // namespace faas::testing
