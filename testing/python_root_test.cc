#include "testing/python_root.h"

#include <gtest/gtest.h>

#include "testing/command.h"

namespace faas::testing {
namespace {

std::string ExtractRoot() {
  const absl::StatusOr<std::string> layer = PythonRootLayer();
  EXPECT_TRUE(layer.ok()) << layer.status();
  const std::string root = ::testing::TempDir() + "/root";
  RunCommand({"mkdir", root});
  const CommandResult extracted =
      RunCommand({"tar", "-xf", "-", "-C", root}, *layer);
  EXPECT_EQ(extracted.exit_code, 0) << extracted.err;
  return root;
}

TEST(PythonRootTest, LayerIsSmall) {
  const absl::StatusOr<std::string> layer = PythonRootLayer();
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_LT(layer->size(), size_t{45} << 20);
  EXPECT_GT(layer->size(), size_t{10} << 20);
}

TEST(PythonRootTest, PythonRunsInsideOfIt) {
  const std::string root = ExtractRoot();
  const std::string program =
      "import array, asyncio, json, socket, ssl, sys, urllib.request\n"
      "print(socket.CMSG_SPACE(4), sys.prefix)";
  const CommandResult result =
      RunCommand({"chroot", root, "python3", "-c", program});
  EXPECT_EQ(result.out, "24 /usr\n") << result.err;
  EXPECT_EQ(result.exit_code, 0);
}

TEST(PythonRootTest, UsrIsMerged) {
  const absl::StatusOr<std::string> layer = PythonRootLayer();
  ASSERT_TRUE(layer.ok()) << layer.status();
  const CommandResult listed = RunCommand({"tar", "-tf", "-"}, *layer);
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_NE(listed.out.find("\nlib\n"), std::string::npos);
  EXPECT_EQ(listed.out.find("\nlib/"), std::string::npos);
}

}  // namespace
}  // namespace faas::testing
