#include "testing/private_host.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "testing/command.h"
#include "testing/network_namespace.h"
#include "testing/runfile.h"

namespace faas::testing {
namespace {

using Json = nlohmann::json;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return (std::stringstream() << file.rdbuf()).str();
}

TEST(PrivateHostTest, LoopbackIsTheOnlyInterfaceAndIsUp) {
  EXPECT_TRUE(InNetworkNamespace());
  const std::string devices = RunCommand({"ip", "-o", "link"}).out;
  EXPECT_EQ(std::count(devices.begin(), devices.end(), '\n'), 1) << devices;
  EXPECT_NE(devices.find("LOOPBACK,UP"), std::string::npos) << devices;
}

TEST(PrivateHostTest, ProcessesOutsideAreNotSeen) {
  EXPECT_EQ(getppid(), 1);
  EXPECT_EQ(ReadAll("/proc/1/comm"), ReadAll("/proc/self/comm"));
}

TEST(PrivateHostTest, RunAndVarLibAreEmpty) {
  EXPECT_EQ(RunCommand({"ls", "-A", "/run", "/var/lib"}).out,
            "/run:\n\n/var/lib:\n");
}

TEST(PrivateHostTest, EveryCgroupIsARoot) {
  std::istringstream cgroups(ReadAll("/proc/self/cgroup"));
  for (std::string line; std::getline(cgroups, line);) {
    const std::string path = line.substr(line.rfind(':') + 1);
    EXPECT_TRUE(path == "/" || path == "/test") << line;
  }
}

TEST(PrivateHostTest, RuncRunsAContainer) {
  if (RunCommand({"runc", "--version"}).exit_code != 0) {
    GTEST_SKIP() << "runc is not installed";
  }
  const std::string bundle = PrivateHostDirectory() + "/bundle";
  ASSERT_EQ(RunCommand({"mkdir", "-p", bundle + "/rootfs"}).exit_code, 0);
  RunCommand(
      {"cp", Runfile("testing/victim/victim"), bundle + "/rootfs/victim"});
  RunCommand({"runc", "spec", "--bundle", bundle});
  Json spec = Json::parse(ReadAll(bundle + "/config.json"));
  spec["process"]["terminal"] = false;
  spec["process"]["args"] = {"/victim", "exit-before", "42"};
  std::ofstream(bundle + "/config.json") << spec;
  const CommandResult result =
      RunCommand({"runc", "run", "--bundle", bundle, "faas-test"});
  EXPECT_EQ(result.exit_code, 42) << result.err;
}

TEST(PrivateHostTest, DirectoryLeavesRoomForSocketNames) {
  EXPECT_LT(PrivateHostDirectory().size(), 40u);
  EXPECT_EQ(access(PrivateHostDirectory().c_str(), W_OK), 0);
}

}  // namespace
}  // namespace faas::testing
