#include "runnerd/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "testing/status_matchers.h"

namespace faas::runnerd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Sets flags as a command line does. After each test all are as they were.
class FlagsTest : public ::testing::Test {
 protected:
  void Set(const std::string& name, const std::string& value) {
    std::string error;
    absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    ASSERT_NE(flag, nullptr) << name;
    ASSERT_TRUE(flag->ParseFrom(value, &error)) << error;
  }

  // Reads the flags with `name` set to `value`, which must be refused, and
  // returns the message.
  std::string Refused(const std::string& name, const std::string& value,
                      absl::StatusCode code) {
    Set(name, value);
    const absl::Status status = ReadFlags().status();
    EXPECT_EQ(status.code(), code) << status;
    return std::string(status.message());
  }

 private:
  absl::FlagSaver saver_;
};

uint64_t HostMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

TEST_F(FlagsTest, DefaultsAreValid) {
  const auto flags = ReadFlags();
  ASSERT_OK(flags);
  EXPECT_EQ(flags->state_dir, "/var/lib/faasd");
  EXPECT_EQ(flags->run_dir, "/run/faasd");
  EXPECT_EQ(flags->parent_pid, 0);
  EXPECT_EQ(flags->gateway, 0u);
  EXPECT_EQ(flags->api.connections, 1024u);
  EXPECT_EQ(flags->runtime, "runc");
  EXPECT_EQ(flags->rootfs, RootfsMode::kAuto);
  EXPECT_EQ(flags->id_base, 100000u);
  EXPECT_EQ(flags->container.memory_bytes, 512u << 20);
  EXPECT_EQ(flags->container.cpu_millis, 1000u);
  EXPECT_EQ(flags->timeouts.request, absl::Seconds(60));
  EXPECT_EQ(flags->admission.max_instances, 256u);
  EXPECT_EQ(flags->warm_pool.max_age, absl::Hours(1));
}

TEST_F(FlagsTest, ZeroStandsForWhatTheHostHas) {
  const auto flags = ReadFlags();
  ASSERT_OK(flags);
  EXPECT_EQ(flags->warm_pool.max_memory_bytes, HostMemory() / 4);
  EXPECT_EQ(flags->grants.max_memory_bytes, HostMemory());
  EXPECT_GE(flags->admission.max_starting, 8u);
  EXPECT_GE(flags->warm_pool.max_starting, 1u);
  EXPECT_EQ(flags->grants.max_cpu_millis,
            1000u * flags->warm_pool.max_starting);
}

TEST_F(FlagsTest, ValuesThatAreGivenReplaceWhatTheHostHas) {
  Set("max_spare_memory_bytes", "7");
  Set("max_container_memory_bytes", "8");
  Set("max_container_cpus", "0.25");
  Set("max_starting", "3");
  Set("max_starting_spares", "4");
  const auto flags = ReadFlags();
  ASSERT_OK(flags);
  EXPECT_EQ(flags->warm_pool.max_memory_bytes, 7u);
  EXPECT_EQ(flags->grants.max_memory_bytes, 8u);
  EXPECT_EQ(flags->grants.max_cpu_millis, 250u);
  EXPECT_EQ(flags->admission.max_starting, 3u);
  EXPECT_EQ(flags->warm_pool.max_starting, 4u);
}

TEST_F(FlagsTest, ConcurrencyOfAFunctionIsThatOfTheHostUnlessItIsGiven) {
  Set("max_instances", "9");
  EXPECT_EQ(ReadFlags()->admission.max_concurrency, 9u);
  Set("max_concurrency", "2");
  EXPECT_EQ(ReadFlags()->admission.max_concurrency, 2u);
  EXPECT_EQ(ReadFlags()->admission.max_instances, 9u);
}

TEST_F(FlagsTest, NoProcessorsAreNoLimit) {
  Set("container_cpus", "0");
  EXPECT_EQ(ReadFlags()->container.cpu_millis, 0u);
  Set("container_cpus", "-1");
  EXPECT_EQ(ReadFlags()->container.cpu_millis, 0u);
}

TEST_F(FlagsTest, OpenFilesAreNoMoreThanOursMayBe) {
  Set("container_open_files", "18446744073709551615");
  rlimit ours;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &ours), 0);
  EXPECT_EQ(ReadFlags()->container.open_files, uint64_t{ours.rlim_max});
}

TEST_F(FlagsTest, RootfsIsOneOfThree) {
  Set("rootfs", "overlay");
  EXPECT_EQ(ReadFlags()->rootfs, RootfsMode::kOverlay);
  Set("rootfs", "flat");
  EXPECT_EQ(ReadFlags()->rootfs, RootfsMode::kFlat);
  EXPECT_EQ(Refused("rootfs", "aufs", absl::StatusCode::kInvalidArgument),
            "--rootfs must be auto, overlay or flat, not \"aufs\"");
}

TEST_F(FlagsTest, IdBaseLeavesRoomForTheIdsOfContainers) {
  Set("id_base", "4294901759");
  EXPECT_OK(ReadFlags());
  EXPECT_EQ(
      Refused("id_base", "4294901760", absl::StatusCode::kInvalidArgument),
      "--id_base=4294901760 leaves no room for 65536 ids");
}

TEST_F(FlagsTest, CapabilitiesAreThoseOfTheKernel) {
  Set("grantable_capabilities", "CAP_KILL,setuid");
  EXPECT_THAT(ReadFlags()->grants.capabilities,
              ElementsAre("CAP_KILL", "CAP_SETUID"));
  EXPECT_THAT(Refused("grantable_capabilities", "CAP_FLY",
                      absl::StatusCode::kInvalidArgument),
              HasSubstr("CAP_FLY"));
}

TEST_F(FlagsTest, GatewayUserIsANumberOrAnAccount) {
  Set("gateway_user", "165537");
  EXPECT_EQ(ReadFlags()->gateway, 165537u);
  EXPECT_THAT(Refused("gateway_user", "no-such-user",
                      absl::StatusCode::kFailedPrecondition),
              HasSubstr("no-such-user"));
}

TEST_F(FlagsTest, LimitsOfTheApiAreChecked) {
  EXPECT_EQ(Refused("max_api_streams", "0", absl::StatusCode::kInvalidArgument),
            "--max_api_streams=0 is less than 1");
}

}  // namespace
}  // namespace faas::runnerd
