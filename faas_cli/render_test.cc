#include "faas_cli/render.h"

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

v1::Function Make(const std::string& name, const std::string& address,
                  std::vector<std::string> command) {
  v1::Function function;
  function.set_name(name);
  function.set_address(address);
  for (std::string& arg : command) function.add_command(std::move(arg));
  return function;
}

TEST(RenderTest, CommandIsShownAsAPythonList) {
  EXPECT_EQ(CommandList(Make("a", "", {"python3", "/app/handler.py"})),
            "['python3', '/app/handler.py']");
  EXPECT_EQ(CommandList(Make("a", "", {"it's", "a\"b'c", "\\", "x\ny"})),
            "[\"it's\", 'a\"b\\'c', '\\\\', 'x\\ny']");
  EXPECT_EQ(CommandList(Make("a", "", {"\x1b[2J"})), "['\\x1b[2J']");
}

TEST(RenderTest, TableIsTheGuides) {
  EXPECT_EQ(
      Table({Make("test-handler", "10.0.0.10", {"python3", "/app/handler.py"}),
             Make("test-handler-2", "10.0.0.11",
                  {"python3", "/app/handler.py"})}),
      "Name                 IP              Command\n"
      "------------------------------------------------------------\n"
      "test-handler         10.0.0.10       python3 /app/handler.py\n"
      "test-handler-2       10.0.0.11       python3 /app/handler.py\n");
}

TEST(RenderTest, OptionsThatAreSetHaveALineEach) {
  v1::FunctionOptions options;
  EXPECT_EQ(OptionLines(options), "");
  options.set_protocol(v1::FunctionOptions::PROTOCOL_HTTP);
  options.mutable_container()->set_network(v1::ContainerOptions::NETWORK_NONE);
  EXPECT_EQ(OptionLines(options), "") << "both are the standard";
  options.set_protocol(v1::FunctionOptions::PROTOCOL_TCP);
  options.mutable_warm()->set_automatic(true);
  options.mutable_warm()->mutable_idle_after()->set_seconds(90);
  options.set_max_concurrency(16);
  options.mutable_start_timeout()->set_nanos(250'000'000);
  v1::ContainerOptions& container = *options.mutable_container();
  container.set_memory_bytes(64 << 20);
  container.set_cpu_millis(500);
  container.set_pids(20);
  container.set_user("app\x1b");
  container.set_network(v1::ContainerOptions::NETWORK_HOST);
  container.add_secrets("db");
  container.add_secrets("key");
  container.add_env("A=1");
  container.add_env("B=2");
  EXPECT_EQ(OptionLines(options),
            "  Protocol: tcp\n"
            "  Warm: auto\n"
            "  Idle after: 1m30s\n"
            "  Concurrency: at most 16\n"
            "  Start time: 250ms\n"
            "  Memory: 64Mi\n"
            "  Processors: 0.5\n"
            "  Processes: at most 20\n"
            "  Runs as: app\\x1b\n"
            "  Network: the host's\n"
            "  Secrets: db, key\n"
            "  Sets: A=1\n"
            "  Sets: B=2\n");
}

TEST(RenderTest, JsonUsesTheNamesOfTheProtos) {
  v1::Function function = Make("a", "10.0.0.10", {"x"});
  *function.mutable_image()->mutable_config()->mutable_working_dir() = "/w";
  const std::string json = Json(function);
  EXPECT_NE(json.find("\"working_dir\": \"/w\""), std::string::npos);
  EXPECT_EQ(Json(std::vector<v1::Function>()), "[]\n");
}

TEST(RenderTest, VersionIsTheClientsAloneWithoutAServer) {
  EXPECT_EQ(VersionPage("0.1.0", nullptr), "Client:       0.1.0\n");
  EXPECT_EQ(VersionJson("0.1.0", nullptr),
            "{\n \"client\": {\n  \"version\": \"0.1.0\"\n }\n}\n");
}

TEST(RenderTest, VersionHasTheServersAndTheRuntimes) {
  v1::GetVersionResponse server;
  server.set_version("0.2.0");
  EXPECT_EQ(VersionPage("0.1.0", &server),
            "Client:       0.1.0\n"
            "Server:       0.2.0\n"
            "Runtime:      unknown, runnerd does not answer\n");
  server.mutable_runtime()->set_command("/usr/sbin/runc");
  server.mutable_runtime()->set_version("runc version 1.1.5\x1b");
  const std::string page = VersionPage("0.1.0", &server);
  EXPECT_EQ(page,
            "Client:       0.1.0\n"
            "Server:       0.2.0\n"
            "Runtime:      runc version 1.1.5\\x1b (/usr/sbin/runc)\n");
  server.mutable_runtime()->set_warning("it hangs");
  EXPECT_EQ(VersionPage("0.1.0", &server), page + "Warning:      it hangs\n");
  EXPECT_NE(VersionJson("0.1.0", &server).find("\"warning\": \"it hangs\""),
            std::string::npos);
}

}  // namespace
}  // namespace faas::cli
