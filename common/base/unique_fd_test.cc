#include "common/base/unique_fd.h"

#include <fcntl.h>

#include "gtest/gtest.h"

namespace faas::base {
namespace {

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFdTest, DestructionCloses) {
  int raw;
  {
    UniqueFd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    raw = fd.get();
    EXPECT_TRUE(IsOpen(raw));
  }
  EXPECT_FALSE(IsOpen(raw));
}

TEST(UniqueFdTest, MoveTransfersAndClosesTheOldOne) {
  UniqueFd a(open("/dev/null", O_RDONLY | O_CLOEXEC));
  UniqueFd b(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int first = a.get(), second = b.get();
  b = std::move(a);
  EXPECT_FALSE(a.valid());
  EXPECT_EQ(b.get(), first);
  EXPECT_FALSE(IsOpen(second));
}

TEST(UniqueFdTest, ReleaseLeavesItOpen) {
  UniqueFd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd again(fd.release());
  EXPECT_FALSE(fd.valid());
  EXPECT_TRUE(IsOpen(again.get()));
}

}  // namespace
}  // namespace faas::base
