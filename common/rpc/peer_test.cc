#include "common/rpc/peer.h"

#include <grp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

constexpr uid_t kOwn = 500;
const AccessPolicy kPolicy = {.group = 40, .read_only_uids = {7}};

Access Of(uid_t uid, std::vector<gid_t> groups) {
  return AccessOf({.uid = uid, .pid = 1, .groups = std::move(groups)}, kPolicy,
                  kOwn);
}

TEST(PeerTest, RootAndTheDaemonsUserOwnIt) {
  EXPECT_EQ(Of(0, {0}), Access::kOwner);
  EXPECT_EQ(Of(kOwn, {99}), Access::kOwner);
}

TEST(PeerTest, MembersMayDoAllAndOthersNothing) {
  EXPECT_EQ(Of(1000, {40}), Access::kFull);
  EXPECT_EQ(Of(1000, {1000, 4, 40}), Access::kFull);
  EXPECT_EQ(Of(1000, {1000, 4}), Access::kNone);
  EXPECT_EQ(Of(1000, {}), Access::kNone);
  // A number does not count as a user and as a group.
  EXPECT_EQ(Of(40, {1000}), Access::kNone);
}

TEST(PeerTest, ReadersOnlyReadEvenInTheGroup) {
  EXPECT_EQ(Of(7, {7}), Access::kReadOnly);
  EXPECT_EQ(Of(7, {7, 40}), Access::kReadOnly);
}

TEST(PeerTest, KernelSaysWhoItIs) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd one(ends[0]), other(ends[1]);
  const auto peer = PeerOf(one.get());
  ASSERT_TRUE(peer.ok()) << peer.status();
  EXPECT_EQ(peer->uid, geteuid());
  EXPECT_EQ(peer->pid, getpid());
  std::vector<gid_t> expected(getgroups(0, nullptr));
  ASSERT_GE(getgroups(expected.size(), expected.data()), 0);
  expected.insert(expected.begin(), getegid());
  EXPECT_EQ(peer->groups, expected);
  EXPECT_FALSE(PeerOf(STDIN_FILENO).ok());
}

}  // namespace
}  // namespace faas::rpc
