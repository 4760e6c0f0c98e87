// Tests the public API with a client in another language, made from the .proto
// files alone: Python, with messages that protoc generates here.

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

class GrpcTest : public PlatformTestBase {
 protected:
  void SetUp() override {
    if (RunCommand({"/usr/bin/python3", "-c", "import grpc"}).exit_code != 0) {
      GTEST_SKIP() << "python3-grpcio is not installed";
    }
    ASSERT_NO_FATAL_FAILURE(StartSupervised());
    ASSERT_NO_FATAL_FAILURE(GenerateMessages());
  }

  // Generates the messages of our protos and of grpc.health.v1, which Debian's
  // python3-grpcio lacks. Their directory must not be called "grpc", which
  // would hide the library.
  void GenerateMessages() {
    std::filesystem::create_directories(generated_ + "/grpc_health");
    CommandResult result = RunCommand(
        {"sh", "-c",
         "protoc -I " + Runfile("protos") + " --python_out=" + generated_ +
             " " + Runfile("protos") + "/faas/v1/*.proto"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    result = RunCommand({"protoc", "-I", "/usr/share/grpc-proto/grpc/health/v1",
                         "--python_out=" + generated_ + "/grpc_health",
                         "health.proto"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  Json RunClient(const std::string& target,
                 const std::vector<std::string>& token = {}) {
    const std::string archive = PrivateHostDirectory() + "/victim.tar";
    const std::string broken = PrivateHostDirectory() + "/broken.tar";
    std::ofstream(archive) << VictimArchive({"by-path"});
    std::ofstream(broken) << MakeTar({FileEntry("a", "b")});
    CommandOptions options;
    // gRPC must not look for a proxy, or for anything else outside of this
    // host.
    options.env = {"no_proxy=*", "PYTHONDONTWRITEBYTECODE=1"};
    std::vector<std::string> command = {
        "/usr/bin/python3",
        Runfile("tests/integration/grpc_client.py"),
        target,
        generated_,
        archive,
        broken};
    command.insert(command.end(), token.begin(), token.end());
    const CommandResult result = RunCommand(command, "", options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out, nullptr, false);
  }

  const std::string generated_ = PrivateHostDirectory() + "/generated";
};

void ExpectError(const Json& error, const std::string& code,
                 const std::string& reason) {
  EXPECT_EQ(error[0], code);
  EXPECT_THAT(error[1].get<std::string>(), HasSubstr(reason));
  EXPECT_THAT(error[1].get<std::string>(), HasSubstr("faasd"));
}

void ExpectReport(const Json& report) {
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["health"], 1);  // SERVING
  EXPECT_EQ(report["synced"], true);
  EXPECT_EQ(report["created"]["revision"], 1);
  EXPECT_EQ(report["created"]["command"], Json::array({"/victim", "by-path"}));
  EXPECT_EQ(report["created"]["digest"],
            VictimImage({"by-path"}).ImageId(Layout::kDocker25));
  EXPECT_EQ(report["updated"], 2);
  EXPECT_EQ(report["listed"], Json::array({"from-python"}));
  EXPECT_EQ(report["got"], report["created"]["address"]);
  EXPECT_EQ(report["pages"],
            Json::array({Json::array({"from-python", "page-a"}),
                         Json::array({"page-b"})}));
  EXPECT_EQ(report["after"], Json::array({"page-a", "page-b"}));
  const std::vector<std::vector<std::string>> expected_events = {
      {"EVENT_TYPE_SYNCED", ""},
      {"EVENT_TYPE_CREATED", "from-python"},
      {"EVENT_TYPE_UPDATED", "from-python"},
      {"EVENT_TYPE_CREATED", "page-a"},
      {"EVENT_TYPE_CREATED", "page-b"},
      {"EVENT_TYPE_DELETED", "from-python"},
  };
  EXPECT_EQ(report["events"], Json(expected_events));
  EXPECT_EQ(report["generations_grow"], true);

  ExpectError(report["errors"]["unknown"], "NOT_FOUND", "FUNCTION_NOT_FOUND");
  ExpectError(report["errors"]["bad_name"], "INVALID_ARGUMENT", "INVALID_NAME");
  ExpectError(report["errors"]["exists"], "ALREADY_EXISTS", "FUNCTION_EXISTS");
  ExpectError(report["errors"]["bad_image"], "INVALID_ARGUMENT",
              "INVALID_IMAGE");
  ExpectError(report["errors"]["no_header"], "INVALID_ARGUMENT",
              "INVALID_REQUEST");
}

TEST_F(GrpcTest, PythonClientDeploysOverTheUnixSocket) {
  ExpectReport(RunClient("unix:" + platform().run_dir() + "/registryd.sock"));
}

TEST_F(GrpcTest, PythonClientDeploysOverTheControlListener) {
  ExpectReport(RunClient("127.0.0.1:8080", {platform().Token()}));
}

}  // namespace
}  // namespace faas::testing
