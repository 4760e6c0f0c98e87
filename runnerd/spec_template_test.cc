#include "runnerd/spec_template.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Not;

constexpr ContainerLimits kLimits = {.memory_bytes = 1 << 29,
                                     .pids = 128,
                                     .tmpfs_bytes = 1 << 26,
                                     .open_files = 1024};

v1::Function MakeFunction() {
  v1::Function function;
  function.set_name("hello");
  function.add_command("python3");
  function.add_command("/app/\"quoted\".py");
  function.mutable_image()->mutable_config()->add_env("A=@x@");
  return function;
}

json Render(const v1::Function& function, const ImageUser& user = {},
            uint32_t id_base = 100'000) {
  const SpecTemplate spec(function, user, "/images/hello/rootfs", kLimits,
                          id_base);
  return json::parse(spec.Render(
      {.cgroup_path = "/faasd/faas-1", .control_socket = "/b\\\"/c.sock"}));
}

TEST(SpecTemplateTest, VariablesAreFilledInAndEscaped) {
  const json spec = Render(MakeFunction());
  EXPECT_EQ(spec["linux"]["cgroupsPath"], "/faasd/faas-1");
  EXPECT_EQ(spec["mounts"].back()["source"], "/b\\\"/c.sock");
  EXPECT_EQ(spec["mounts"].back()["destination"], "/control.sock");
}

TEST(SpecTemplateTest, ImageDecidesWhatRuns) {
  v1::Function function = MakeFunction();
  function.mutable_image()->mutable_config()->set_working_dir("/app");
  const json spec =
      Render(function,
             {.uid = 5, .gid = 6, .additional_gids = {7}, .home = "/home/app"});
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
  const auto env =
      Render(function)["process"]["env"].get<std::vector<std::string>>();
  EXPECT_THAT(env, Contains("PATH=/x"));
  EXPECT_THAT(env, Not(Contains("HOME=/")));
}

TEST(SpecTemplateTest, ContainerHasNoPrivilege) {
  const json spec = Render(MakeFunction());
  EXPECT_EQ(spec["root"]["readonly"], true);
  EXPECT_EQ(spec["process"]["noNewPrivileges"], true);
  for (const auto& [name, set] : spec["process"]["capabilities"].items()) {
    EXPECT_TRUE(set.empty()) << name;
  }
  EXPECT_THAT(spec["linux"]["namespaces"], Contains(json{{"type", "network"}}));
  EXPECT_EQ(spec["linux"]["resources"]["pids"]["limit"], 128);
}

TEST(SpecTemplateTest, RootIsAnUnprivilegedIdOfTheHost) {
  const json spec = Render(MakeFunction());
  EXPECT_THAT(spec["linux"]["namespaces"], Contains(json{{"type", "user"}}));
  const json mappings =
      json::parse(R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  EXPECT_EQ(spec["linux"]["uidMappings"], mappings);
  EXPECT_EQ(spec["linux"]["gidMappings"], mappings);
  const json without = Render(MakeFunction(), {}, 0);
  EXPECT_THAT(without["linux"]["namespaces"],
              Not(Contains(json{{"type", "user"}})));
  EXPECT_TRUE(without["linux"]["uidMappings"].empty());
}

TEST(SpecTemplateTest, StringsThatAreNotUtf8DoNotBreakTheSpec) {
  v1::Function function = MakeFunction();
  // proto3 strings are UTF-8, but nothing below the parser should depend on it.
  function.mutable_command(1)->assign("\xff\xfe");
  EXPECT_EQ(Render(function)["process"]["args"].size(), 2u);
}

}  // namespace
}  // namespace faas::runnerd
