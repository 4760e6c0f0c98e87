// Tests that the examples do what their comments say.

#include "testing/python_root.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr char kAnswer[] = "Hello from faasd!\n\nYou asked: GET /x HTTP/1.1\n";

class ExamplesTest : public PlatformTestBase {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(StartSupervised()); }

  void ExpectHello(const std::string& address) {
    const size_t offset = platform().log().Size();
    const HttpResponse response = Get(address, "/x");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, kAnswer);
    EXPECT_TRUE(
        platform().log().WaitFor("hello: GET /x HTTP/1\\.1$", kSoon, offset));
  }
};

TEST_F(ExamplesTest, HelloAnswers) {
  ExpectHello(Deploy("hello", ReadRunfile("examples/hello/hello.tar")));
}

TEST_F(ExamplesTest, HelloInPythonAnswers) {
  const absl::StatusOr<std::string> root = PythonRootLayer();
  ASSERT_OK(root);
  ExpectHello(Deploy(
      "hello-python",
      PythonImage(*root, ReadRunfile("examples/hello/hello.py"), "hello:python")
          .Save(Layout::kDocker20)));
}

}  // namespace
}  // namespace faas::testing
