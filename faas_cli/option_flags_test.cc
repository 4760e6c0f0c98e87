#include "faas_cli/option_flags.h"

#include <cstdlib>
#include <string>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::cli {
namespace {

absl::StatusOr<OptionsChange> Parse(
    std::map<std::string, std::vector<std::string>> given) {
  return ParseOptions({.given = std::move(given)});
}

std::string WrittenFile(const std::string& content) {
  const std::string path =
      std::string(getenv("TEST_TMPDIR")) + "/option_flags_secret";
  EXPECT_TRUE(fs::WriteFileDurably(path, content, 0600).ok());
  return path;
}

TEST(ParseOptions, NothingGivenChangesNothing) {
  const auto change = ParseOptions({});
  ASSERT_TRUE(change.ok());
  EXPECT_TRUE(change->empty());
  EXPECT_FALSE(change->options.has_container());
}

TEST(ParseOptions, EachOptionForConnectionsIsNamedInTheMask) {
  const auto change = Parse({{"protocol", {"tcp"}},
                             {"warm", {"4"}},
                             {"idle-after", {"2m"}},
                             {"warm-max-age", {"1h"}},
                             {"max-concurrency", {"5"}},
                             {"max-queued", {"6"}},
                             {"queue-timeout", {"1.5s"}},
                             {"start-timeout", {"250ms"}},
                             {"timeout", {"0"}}});
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->mask.paths_size(), 10);
  const v1::FunctionOptions& options = change->options;
  EXPECT_EQ(options.protocol(), v1::FunctionOptions::PROTOCOL_TCP);
  EXPECT_EQ(options.warm().spares(), 4);
  EXPECT_EQ(options.warm().idle_after().seconds(), 120);
  EXPECT_EQ(options.warm().max_age().seconds(), 3600);
  EXPECT_EQ(options.max_concurrency(), 5);
  EXPECT_EQ(options.max_queued(), 6);
  EXPECT_EQ(options.queue_timeout().seconds(), 1);
  EXPECT_EQ(options.queue_timeout().nanos(), 500'000'000);
  EXPECT_EQ(options.start_timeout().nanos(), 250'000'000);
  EXPECT_TRUE(options.has_timeout());
}

TEST(ParseOptions, EachOptionOfContainersIsNamedInTheMask) {
  const auto change = Parse({{"memory", {"64Mi"}},
                             {"cpus", {"0.5"}},
                             {"pids", {"20"}},
                             {"tmpfs-size", {"1Mi"}},
                             {"writable", {"8Mi"}},
                             {"user", {"app"}},
                             {"network", {"host"}},
                             {"env", {"A=1", "B=x=y"}},
                             {"secret", {"db=" + WrittenFile("s3cret")}},
                             {"cap-add", {"setuid", "CAP_KILL"}}});
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->mask.paths_size(), 10);
  const v1::ContainerOptions& options = change->options.container();
  EXPECT_EQ(options.memory_bytes(), 64u << 20);
  EXPECT_EQ(options.cpu_millis(), 500u);
  EXPECT_EQ(options.pids(), 20u);
  EXPECT_EQ(options.tmpfs_bytes(), 1u << 20);
  EXPECT_EQ(options.writable_bytes(), 8u << 20);
  EXPECT_EQ(options.user(), "app");
  EXPECT_EQ(options.env(1), "B=x=y");
  EXPECT_EQ(options.capabilities(0), "CAP_SETUID");
  EXPECT_EQ(options.network(), v1::ContainerOptions::NETWORK_HOST);
  EXPECT_EQ(options.secrets(0), "db");
  EXPECT_EQ(change->secrets.at("db"), "s3cret");
}

TEST(ParseOptions, ListCanBeEmptied) {
  const auto change = ParseOptions({.removed = {{"env", true}}});
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->mask.paths(0), "options.container.env");
  EXPECT_FALSE(change->options.has_container());
}

TEST(ParseOptions, WarmIsANumberOrAuto) {
  const auto change = Parse({{"warm", {"auto"}}});
  ASSERT_TRUE(change.ok());
  EXPECT_TRUE(change->options.warm().automatic());
  EXPECT_EQ(Parse({{"warm", {"lots"}}}).status().message(),
            "--warm \"lots\": must be a number, or auto");
  EXPECT_FALSE(Parse({{"warm", {"-1"}}}).ok());
}

TEST(ParseOptions, WrongFormsNameTheOptionAndTheForm) {
  EXPECT_EQ(Parse({{"protocol", {"udp"}}}).status().message(),
            "--protocol \"udp\": must be http or tcp");
  EXPECT_EQ(Parse({{"timeout", {"30"}}}).status().message(),
            "--timeout \"30\": must be a duration such as 500ms, 30s or 5m, or "
            "0 for the host's");
  EXPECT_FALSE(Parse({{"timeout", {"-1s"}}}).ok());
  EXPECT_FALSE(Parse({{"queue-timeout", {"inf"}}}).ok());
  EXPECT_FALSE(Parse({{"max-queued", {"5000000000"}}}).ok());
}

TEST(ParseOptions, ErrorsNameTheOptionOfContainersAndItsForm) {
  const struct {
    const char* name;
    const char* text;
    const char* option;
    const char* form;
  } cases[] = {
      {"memory", "lots", "--memory", "64Mi"},
      {"memory", "1Ki", "--memory", "from 16777216"},
      {"cpus", "x", "--cpus", "0.5"},
      {"pids", "-1", "--pids", "a number"},
      {"tmpfs-size", "1Q", "--tmpfs-size", "64Mi"},
      {"writable", "yes", "--writable", "64Mi"},
      {"network", "bridge", "--network", "none or host"},
      {"env", "NOVALUE", "--env", "NAME=VALUE"},
      {"env", "", "--env", "NAME=VALUE"},
      {"env", "1A=x", "--env", "NAME=VALUE"},
      {"secret", "db", "--secret", "NAME=FILE"},
      {"secret", "../db=/dev/null", "--secret", "NAME=FILE"},
      {"secret", "db=/no/such/file", "--secret db", "/no/such/file"},
      {"cap-add", "FLY", "--cap-add", "SETUID"},
  };
  for (const auto& test : cases) {
    const absl::Status status = Parse({{test.name, {test.text}}}).status();
    ASSERT_FALSE(status.ok()) << test.option;
    EXPECT_NE(status.message().find(test.option), std::string::npos) << status;
    EXPECT_NE(status.message().find(test.form), std::string::npos) << status;
  }
}

TEST(ParseOptions, ErrorsDoNotShowValues) {
  const absl::Status status = Parse({{"env", {"1A=hunter2"}}}).status();
  EXPECT_EQ(status.message().find("hunter2"), std::string::npos) << status;
}

}  // namespace
}  // namespace faas::cli
