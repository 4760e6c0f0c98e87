#include "function/option_checks.h"

#include <limits>
#include <string>

#include "function/capability.h"
#include "gtest/gtest.h"

namespace faas::function {
namespace {

TEST(CapabilityNameTest, ShortAndLowerCaseAreTheSame) {
  for (const char* text : {"SETUID", "setuid", "cap_setuid", "CAP_SETUID"}) {
    EXPECT_EQ(CapabilityName(text).value(), "CAP_SETUID");
  }
  EXPECT_FALSE(CapabilityName("ALL").ok());
  EXPECT_FALSE(CapabilityName("").ok());
}

TEST(CheckSecretNameTest, NoNameLeadsElsewhere) {
  EXPECT_TRUE(CheckSecretName("db-password.v1_2").ok());
  for (const char* name : {"", ".", "..", "a/b", "/a", ".hidden", "a b"}) {
    EXPECT_FALSE(CheckSecretName(name).ok()) << name;
  }
  EXPECT_FALSE(CheckSecretName(std::string(kMaxSecretNameBytes + 1, 'a')).ok());
  EXPECT_FALSE(CheckSecretName(absl::string_view("a\0b", 3)).ok());
}

TEST(CheckContainerOptionsTest, ZeroIsTheHosts) {
  EXPECT_TRUE(CheckContainerOptions({}).ok());
}

TEST(CheckContainerOptionsTest, CapabilitiesAreWrittenAsTheKernelDoes) {
  v1::ContainerOptions options;
  options.add_capabilities("CAP_KILL");
  EXPECT_TRUE(CheckContainerOptions(options).ok());
  options.set_capabilities(0, "kill");
  EXPECT_FALSE(CheckContainerOptions(options).ok());
}

TEST(CheckContainerOptionsTest, SecretsHaveNamesOfTheirOwn) {
  v1::ContainerOptions options;
  options.add_secrets("a");
  EXPECT_TRUE(CheckContainerOptions(options).ok());
  options.add_secrets("a");
  EXPECT_FALSE(CheckContainerOptions(options).ok());
}

TEST(CheckContainerOptionsTest, VariablesHaveANameAndNoNul) {
  for (const std::string& entry :
       {std::string("=x"), std::string("A"), std::string("A\0=x", 4),
        std::string("A=\0", 3), std::string("A B=x")}) {
    v1::ContainerOptions options;
    options.add_env(entry);
    EXPECT_FALSE(CheckContainerOptions(options).ok());
  }
}

template <typename Set>
std::string Complaint(Set set) {
  v1::FunctionOptions options;
  set(options);
  return std::string(CheckOptions(options).message());
}

TEST(CheckOptionsTest, SensibleValuesPass) {
  v1::FunctionOptions options;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.set_protocol(v1::FunctionOptions::PROTOCOL_TCP);
  options.mutable_warm()->set_spares(1024);
  options.mutable_timeout()->set_seconds(24 * 3600);
  options.mutable_start_timeout()->set_nanos(1'000'000);
  EXPECT_TRUE(CheckOptions(options).ok());
}

TEST(CheckOptionsTest, NumbersHaveLimits) {
  EXPECT_EQ(Complaint([](auto& o) { o.mutable_warm()->set_spares(5000); }),
            "--warm (options.warm.spares) is 5000; at most 1024");
  EXPECT_EQ(Complaint([](auto& o) { o.set_max_queued(65537); }),
            "--max-queued (options.max_queued) is 65537; at most 65536");
  EXPECT_EQ(Complaint([](auto& o) { o.mutable_container()->set_pids(1); }),
            "--pids (options.container.pids) is 1; from 2 to 1048576, or 0 for "
            "the host's");
}

TEST(CheckOptionsTest, WarmIsANumberOrAutomatic) {
  EXPECT_EQ(Complaint([](auto& o) {
              o.mutable_warm()->set_spares(1);
              o.mutable_warm()->set_automatic(true);
            }),
            "--warm (options.warm) is either a number or automatic, not both");
}

TEST(CheckOptionsTest, DurationsHaveLimitsAndMustBeNormal) {
  EXPECT_EQ(Complaint([](auto& o) { o.mutable_timeout()->set_seconds(-1); }),
            "--timeout (options.timeout) must be from 1ms to 24h, or 0 for the "
            "host's");
  for (const int64_t seconds : {int64_t{-1}, int64_t{24 * 3600 + 1},
                                std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max()}) {
    EXPECT_NE(
        Complaint([&](auto& o) { o.mutable_timeout()->set_seconds(seconds); }),
        "")
        << seconds;
  }
  for (const int32_t nanos : {-1, 999'999, 1'000'000'000}) {
    EXPECT_NE(
        Complaint([&](auto& o) { o.mutable_timeout()->set_nanos(nanos); }), "")
        << nanos;
  }
}

TEST(CheckOptionsTest, ChoicesAreThoseOfTheEnumeration) {
  EXPECT_EQ(Complaint([](auto& o) {
              o.set_protocol(static_cast<v1::FunctionOptions::Protocol>(77));
            }),
            "--protocol (options.protocol) must be http or tcp");
  EXPECT_EQ(Complaint([](auto& o) {
              o.mutable_container()->set_network(
                  static_cast<v1::ContainerOptions::Network>(-1));
            }),
            "--network (options.container.network) must be none or host");
}

}  // namespace
}  // namespace faas::function
