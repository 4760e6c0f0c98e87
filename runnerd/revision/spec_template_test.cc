#include "runnerd/revision/spec_template.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Not;

ContainerSettings Settings() {
  return {.memory_bytes = 1 << 29,
          .cpu_millis = 500,
          .pids = 128,
          .tmpfs_bytes = 1 << 26,
          .open_files = 1024};
}

v1::Function MakeFunction() {
  v1::Function function;
  function.set_name("hello");
  function.add_command("python3");
  function.add_command("/app/\"quoted\".py");
  function.mutable_image()->mutable_config()->add_env("A=@x@");
  return function;
}

struct Given {
  v1::Function function = MakeFunction();
  ImageUser user;
  ContainerSettings settings = Settings();
  HostFeatures host;
  uint32_t id_base = 100'000;
  std::string secrets;
};

json Render(const Given& given) {
  const SpecTemplate spec({.function = given.function,
                           .user = given.user,
                           .settings = given.settings,
                           .host = given.host,
                           .id_base = given.id_base,
                           .secrets = given.secrets});
  return json::parse(spec.Render({.cgroup_path = "/faasd/faas-1",
                                  .control_socket = "/b\\\"/c.sock",
                                  .rootfs = "/images/hello/rootfs"}));
}

// Returns the mount at `destination`, or null if there is none.
json MountOn(const json& spec, const std::string& destination) {
  for (const json& mount : spec["mounts"]) {
    if (mount["destination"] == destination) return mount;
  }
  return nullptr;
}

TEST(SpecTemplateTest, VariablesAreFilledInAndEscaped) {
  const json spec = Render({});
  EXPECT_EQ(spec["linux"]["cgroupsPath"], "/faasd/faas-1");
  EXPECT_EQ(spec["mounts"].back()["source"], "/b\\\"/c.sock");
  EXPECT_EQ(spec["mounts"].back()["destination"], "/control.sock");
  EXPECT_EQ(spec["root"]["path"], "/images/hello/rootfs");
}

TEST(SpecTemplateTest, ImageDecidesWhatRuns) {
  v1::Function function = MakeFunction();
  function.mutable_image()->mutable_config()->set_working_dir("/app");
  const json spec = Render(
      {.function = function,
       .user = {
           .uid = 5, .gid = 6, .additional_gids = {7}, .home = "/home/app"}});
  EXPECT_EQ(spec["process"]["args"], json({"python3", "/app/\"quoted\".py"}));
  EXPECT_EQ(spec["process"]["cwd"], "/app");
  EXPECT_EQ(spec["process"]["user"],
            json({{"uid", 5}, {"gid", 6}, {"additionalGids", {7}}}));
  const auto env = spec["process"]["env"].get<std::vector<std::string>>();
  EXPECT_THAT(env, Contains("A=@x@"));
  EXPECT_THAT(env, Contains("HOME=/home/app"));
  EXPECT_THAT(env, Contains(testing::StartsWith("PATH=/usr/local/sbin")));
}

TEST(SpecTemplateTest, ImagesOwnVariablesWin) {
  v1::Function function = MakeFunction();
  function.mutable_image()->mutable_config()->add_env("PATH=/x");
  function.mutable_image()->mutable_config()->add_env("HOME=/y");
  const auto env = Render({.function = function})["process"]["env"]
                       .get<std::vector<std::string>>();
  EXPECT_THAT(env, Contains("PATH=/x"));
  EXPECT_THAT(env, Not(Contains("HOME=/")));
}

TEST(SpecTemplateTest, ContainerHasNoPrivilege) {
  const json spec = Render({});
  EXPECT_EQ(spec["root"]["readonly"], true);
  EXPECT_EQ(spec["process"]["noNewPrivileges"], true);
  for (const auto& [name, set] : spec["process"]["capabilities"].items()) {
    EXPECT_TRUE(set.empty()) << name;
  }
  EXPECT_THAT(spec["linux"]["namespaces"], Contains(json{{"type", "network"}}));
  EXPECT_EQ(spec["linux"]["resources"]["pids"]["limit"], 128);
}

TEST(SpecTemplateTest, RootIsAnUnprivilegedIdOfTheHost) {
  const json spec = Render({});
  EXPECT_THAT(spec["linux"]["namespaces"], Contains(json{{"type", "user"}}));
  const json mappings =
      json::parse(R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  EXPECT_EQ(spec["linux"]["uidMappings"], mappings);
  EXPECT_EQ(spec["linux"]["gidMappings"], mappings);
  const json without = Render({.id_base = 0});
  EXPECT_THAT(without["linux"]["namespaces"],
              Not(Contains(json{{"type", "user"}})));
  EXPECT_TRUE(without["linux"]["uidMappings"].empty());
}

TEST(SpecTemplateTest, LimitsAreTheFunctions) {
  const json resources = Render({})["linux"]["resources"];
  EXPECT_EQ(resources["memory"]["limit"], 1 << 29);
  EXPECT_EQ(resources["memory"]["swap"], 1 << 29);
  EXPECT_EQ(resources["cpu"]["quota"], 50'000);
  EXPECT_EQ(resources["cpu"]["period"], 100'000);
  EXPECT_THAT(MountOn(Render({}), "/tmp")["options"],
              testing::IsSupersetOf({"size=67108864", "nr_inodes=16384"}));
}

// The runtime fails if it is told to set a limit that has no controller.
TEST(SpecTemplateTest, LimitsWithoutAControllerAreNotSet) {
  const json resources =
      Render({.host = {.memory = false,
                       .swap = false,
                       .cpu = false,
                       .pids = false}})["linux"]["resources"];
  EXPECT_FALSE(resources.contains("memory"));
  EXPECT_FALSE(resources.contains("cpu"));
  EXPECT_FALSE(resources.contains("pids"));
}

TEST(SpecTemplateTest, GroupOutOfMemoryEndsAsAWholeWhereTheKernelCan) {
  EXPECT_EQ(Render({.host = {.unified = true}})["linux"]["resources"]["unified"]
                                               ["memory.oom.group"],
            "1");
  EXPECT_FALSE(Render({})["linux"]["resources"].contains("unified"));
}

TEST(SpecTemplateTest, OwnersVariablesGoBeforeTheImages) {
  Given given;
  given.settings.env = {"A=owner", "B=new"};
  const auto env =
      Render(given)["process"]["env"].get<std::vector<std::string>>();
  EXPECT_THAT(env, Contains("A=owner"));
  EXPECT_THAT(env, Contains("B=new"));
  EXPECT_THAT(env, Not(Contains("A=@x@")));
}

TEST(SpecTemplateTest, OwnerOpensOneThingAtATime) {
  Given given;
  given.settings.capabilities = {"CAP_KILL"};
  const json spec = Render(given);
  EXPECT_EQ(spec["process"]["capabilities"]["ambient"], json({"CAP_KILL"}));
  EXPECT_EQ(spec["root"]["readonly"], true);
  EXPECT_THAT(spec["linux"]["namespaces"], Contains(json{{"type", "network"}}));
  EXPECT_EQ(MountOn(spec, "/run/secrets"), nullptr);

  given = {};
  given.settings.writable_bytes = 1 << 20;
  EXPECT_EQ(Render(given)["root"]["readonly"], false);

  given = {};
  given.settings.host_network = true;
  EXPECT_THAT(Render(given)["linux"]["namespaces"],
              Not(Contains(json{{"type", "network"}})));
  EXPECT_EQ(MountOn(Render(given), "/sys")["type"], "tmpfs");

  given = {};
  given.secrets = "/state/secrets";
  const json secrets = MountOn(Render(given), "/run/secrets");
  EXPECT_EQ(secrets["source"], "/state/secrets");
  EXPECT_THAT(secrets["options"], testing::IsSupersetOf({"bind", "ro"}));
}

TEST(SpecTemplateTest, StringsThatAreNotUtf8DoNotBreakTheSpec) {
  v1::Function function = MakeFunction();
  // Strings of proto3 are UTF-8, but nothing that uses them should depend on
  // it.
  function.mutable_command(1)->assign("\xff\xfe");
  EXPECT_EQ(Render({.function = function})["process"]["args"].size(), 2u);
}

}  // namespace
}  // namespace faas::runnerd
