#include "tests/testing/private_host.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/testing/command.h"
#include "tests/testing/network_namespace.h"

namespace faas::testing {
namespace {

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

TEST(PrivateHostTest, DirectoryLeavesRoomForSocketNames) {
  EXPECT_LT(PrivateHostDirectory().size(), 40u);
  EXPECT_EQ(access(PrivateHostDirectory().c_str(), W_OK), 0);
}

}  // namespace
}  // namespace faas::testing
