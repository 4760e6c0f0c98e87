#include "runnerd/host/mount_view.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "common/fs/file.h"
#include "common/process/child.h"

namespace faas::runnerd {
namespace {

// Tests in a mount namespace of their own, where a tmpfs is mounted at hidden.
class MountViewTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      GTEST_SKIP() << "mounts cannot be made here (not root?)";
    }
    directory_ = ::testing::TempDir() + "/mount_view_XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    Mount("hidden");
    ASSERT_EQ(mkdir((directory_ + "/with").c_str(), 0700), 0);
    ASSERT_EQ(mkdir((directory_ + "/with/cover").c_str(), 0700), 0);
  }

  absl::StatusOr<std::unique_ptr<MountView>> CoverHidden() {
    return MountView::Create(directory_ + "/hidden", directory_ + "/with");
  }

  void TearDown() override {
    if (directory_.empty()) return;
    for (const char* name : {"hidden", "other"}) {
      umount2((directory_ + "/" + name).c_str(), MNT_DETACH);
    }
    EXPECT_TRUE(fs::RemoveTree(directory_).ok());
  }

  // Mounts a tmpfs that has a file "here".
  void Mount(const std::string& name) {
    const std::string path = directory_ + "/" + name;
    ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
    ASSERT_EQ(mount("test", path.c_str(), "tmpfs", 0, nullptr), 0);
    ASSERT_TRUE(fs::Open(path + "/here", O_CREAT | O_WRONLY).ok());
  }

  // Returns whether a program that is started in the view sees the file.
  static bool Sees(MountView& view, const std::string& path) {
    const auto mounts = view.Namespace();
    EXPECT_TRUE(mounts.ok()) << mounts.status();
    if (!mounts.ok()) return false;
    auto child = process::Spawn(
        {.args = {"test", "-e", path}, .mount_namespace = (*mounts)->get()});
    EXPECT_TRUE(child.ok()) << child.status();
    if (!child.ok()) return false;
    siginfo_t info = {};
    EXPECT_EQ(waitid(P_PID, child->pid(), &info, WEXITED), 0);
    return info.si_code == CLD_EXITED && info.si_status == 0;
  }

  std::string directory_;
};

TEST_F(MountViewTest, OneDirectoryIsCoveredInTheViewAlone) {
  Mount("other");
  const auto view = CoverHidden();
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_FALSE(Sees(**view, directory_ + "/hidden/here"));
  EXPECT_TRUE(Sees(**view, directory_ + "/hidden/cover"));
  EXPECT_TRUE(Sees(**view, directory_ + "/other/here"));
  EXPECT_EQ(access((directory_ + "/hidden/here").c_str(), F_OK), 0);
}

TEST_F(MountViewTest, FollowsTheHostsMounts) {
  const auto view = CoverHidden();
  ASSERT_TRUE(view.ok()) << view.status();
  const std::string other = directory_ + "/other";
  EXPECT_FALSE(Sees(**view, other + "/here"));
  Mount("other");
  EXPECT_TRUE(Sees(**view, other + "/here"));
  ASSERT_EQ(umount2(other.c_str(), 0), 0);
  EXPECT_FALSE(Sees(**view, other + "/here"));
  EXPECT_FALSE(Sees(**view, directory_ + "/hidden/here"));
}

TEST_F(MountViewTest, IsMadeOnceWhileNothingChanges) {
  const auto view = CoverHidden();
  ASSERT_TRUE(view.ok()) << view.status();
  const auto first = (*view)->Namespace();
  const auto second = (*view)->Namespace();
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->get(), second->get());
}

TEST_F(MountViewTest, WhatIsNotThereIsAnError) {
  const auto view = MountView::Create(directory_ + "/none", directory_);
  EXPECT_EQ(view.status().code(), absl::StatusCode::kNotFound) << view.status();
}

}  // namespace
}  // namespace faas::runnerd
