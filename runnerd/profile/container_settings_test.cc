#include "runnerd/profile/container_settings.h"

#include "faas/v1/function.pb.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

const ContainerSettings kHost = {.memory_bytes = 512 << 20,
                                 .cpu_millis = 1000,
                                 .pids = 256,
                                 .tmpfs_bytes = 64 << 20,
                                 .open_files = 1024};
const GrantLimits kGrants = {.max_memory_bytes = 1 << 30,
                             .max_cpu_millis = 2000,
                             .max_pids = 1000,
                             .capabilities = {"CAP_KILL"},
                             .host_network = false};

TEST(SettingsForTest, WhatIsNotSetIsTheHosts) {
  const auto settings = SettingsFor({}, kHost, kGrants);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->memory_bytes, 512u << 20);
  EXPECT_EQ(settings->writable_bytes, 0u);
  EXPECT_TRUE(settings->capabilities.empty());
}

TEST(SettingsForTest, OptionsReplaceTheHosts) {
  v1::ContainerOptions options;
  options.set_memory_bytes(32 << 20);
  options.set_pids(7);
  options.add_capabilities("CAP_KILL");
  const auto settings = SettingsFor(options, kHost, kGrants);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->memory_bytes, 32u << 20);
  EXPECT_EQ(settings->pids, 7u);
  EXPECT_EQ(settings->capabilities, std::vector<std::string>{"CAP_KILL"});
  // The content of a tmpfs is in memory.
  EXPECT_EQ(settings->tmpfs_bytes, 32u << 20);
}

// runnerd checks the options, whatever the registry says.
TEST(SettingsForTest, WhatTheHostDoesNotGrantIsRefused) {
  v1::ContainerOptions memory, cpus, pids, capability, network;
  memory.set_memory_bytes(uint64_t{2} << 30);
  cpus.set_cpu_millis(2001);
  pids.set_pids(1001);
  capability.add_capabilities("CAP_SYS_ADMIN");
  network.set_network(v1::ContainerOptions::NETWORK_HOST);
  const struct {
    v1::ContainerOptions options;
    const char* flag;
  } cases[] = {{memory, "--max_container_memory_bytes"},
               {cpus, "--max_container_cpus"},
               {pids, "--max_container_pids"},
               {capability, "--grantable_capabilities"},
               {network, "--allow_host_network"}};
  for (const auto& test : cases) {
    const auto settings = SettingsFor(test.options, kHost, kGrants);
    EXPECT_TRUE(absl::IsFailedPrecondition(settings.status())) << test.flag;
    EXPECT_NE(settings.status().message().find(test.flag), std::string::npos)
        << settings.status();
  }
}

TEST(SettingsForTest, FilesInMemoryNeedTheMemory) {
  v1::ContainerOptions options;
  options.set_writable_bytes(uint64_t{600} << 20);
  EXPECT_TRUE(
      absl::IsInvalidArgument(SettingsFor(options, kHost, kGrants).status()));
}

TEST(ParseCapabilitiesTest, ListIsSplitAndChecked) {
  EXPECT_EQ(ParseCapabilities("CAP_KILL,setuid").value(),
            (std::vector<std::string>{"CAP_KILL", "CAP_SETUID"}));
  EXPECT_TRUE(ParseCapabilities("").value().empty());
  EXPECT_FALSE(ParseCapabilities("CAP_KILL,FLY").ok());
}

}  // namespace
}  // namespace faas::runnerd
