#include "function/container_options.h"

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

}  // namespace
}  // namespace faas::function
