#include "common/rpc/open_connections.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

base::UniqueFd NewSocket() {
  return base::UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

class OpenConnectionsTest : public testing::Test {
 protected:
  // The time is long enough for another look.
  absl::Time Later() { return now_ += 2 * OpenConnections::kCheckEvery; }

  absl::Time now_ = absl::UnixEpoch();
  OpenConnections open_;
};

TEST_F(OpenConnectionsTest, ClosedOnesAreNotCounted) {
  base::UniqueFd one = NewSocket(), two = NewSocket();
  open_.Add(one.get(), 1);
  open_.Add(two.get(), 2);
  EXPECT_EQ(open_.Count(), 2u);
  EXPECT_FALSE(open_.HasRoom(2, Later()));
  one.reset();
  EXPECT_TRUE(open_.HasRoom(2, Later()));
  EXPECT_EQ(open_.Count(), 1u);
  EXPECT_TRUE(open_.HasRoomFor(1, 1, Later()));
  EXPECT_FALSE(open_.HasRoomFor(2, 1, Later()));
}

TEST_F(OpenConnectionsTest, NumberOfAnotherFileIsNotTheConnection) {
  base::UniqueFd one = NewSocket();
  const int number = one.get();
  open_.Add(number, 1);
  const base::UniqueFd other = NewSocket();
  ASSERT_EQ(dup3(other.get(), number, O_CLOEXEC), number);
  EXPECT_EQ(open_.Count(), 0u);
  open_.Add(number, 1);
  const base::UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(dup3(null.get(), number, O_CLOEXEC), number);
  EXPECT_EQ(open_.Count(), 0u);
}

TEST_F(OpenConnectionsTest, NumberThatComesAgainCountsOnce) {
  base::UniqueFd one = NewSocket();
  const int number = one.get();
  open_.Add(number, 1);
  const base::UniqueFd other = NewSocket();
  ASSERT_EQ(dup3(other.get(), number, O_CLOEXEC), number);
  open_.Add(number, 2);  // there was no look in between
  EXPECT_TRUE(open_.HasRoomFor(1, 1, now_));
  EXPECT_FALSE(open_.HasRoomFor(2, 1, Later()));
  EXPECT_EQ(open_.Count(), 1u);
}

TEST_F(OpenConnectionsTest, FloodDoesNotLookEachTime) {
  base::UniqueFd one = NewSocket();
  open_.Add(one.get(), 1);
  EXPECT_FALSE(open_.HasRoom(1, now_));
  one.reset();
  EXPECT_FALSE(open_.HasRoom(1, now_));  // a look has just happened
  EXPECT_TRUE(open_.HasRoom(1, Later()));
}

}  // namespace
}  // namespace faas::rpc
