#include "image/flatten.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "image/testing/layer_test.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::TarWriter;
using testing::ReadTree;
using testing::Tree;

// Returns the value of an attribute, or "" if the file does not have it.
std::string AttributeOf(const std::string& path, const char* name) {
  char value[16];
  const ssize_t n = getxattr(path.c_str(), name, value, sizeof(value));
  return n < 0 ? "" : std::string(value, n);
}

class FlattenTest : public testing::LayerTest,
                    public ::testing::WithParamInterface<FlattenMode> {
 protected:
  void Add(const TarWriter& tar) {
    const auto written = Write(tar);
    ASSERT_TRUE(written.ok()) << written.status();
    layers_.push_back(written->directory);
  }

  // Adds three layers with every kind of change to what is below.
  void AddThreeLayers() {
    Add(TarWriter()
            .Dir("keep", 0700)
            .File("keep/a", "1")
            .File("keep/b", "1")
            .Dir("gone")
            .File("gone/x", "1")
            .Dir("opaque")
            .File("opaque/x", "1")
            .Dir("to-file")
            .File("to-file/x", "1")
            .File("to-dir", "1")
            .Dir("to-link")
            .Symlink("link", "keep")
            .Add({.path = "setuid", .mode = 04755, .mtime = 77})
            .HardLink("setuid-2", "setuid"));
    Add(TarWriter()
            .Add({.path = "keep",
                  .type = '5',
                  .mode = 0750,
                  .mtime = 1'000'000'000})
            .File("keep/a", "2")
            .Whiteout("keep/.wh.b")
            .Whiteout(".wh.gone")
            .Dir("opaque")
            .Whiteout("opaque/.wh..wh..opq")
            .File("opaque/y", "2")
            .File("to-file", "2")
            .Dir("to-dir")
            .File("to-dir/x", "2")
            .Symlink("to-link", "keep"));
    Add(TarWriter()
            .Dir("gone")
            .File("gone/again", "3")
            .Dir("opaque")
            .File("opaque/z", "3")
            .Whiteout(".wh.link")
            .Whiteout(".wh.never"));
  }

  static Tree Expected() {
    return {{"keep", "dir"},          {"keep/a", "file:2"},
            {"gone", "dir"},          {"gone/again", "file:3"},
            {"opaque", "dir"},        {"opaque/y", "file:2"},
            {"opaque/z", "file:3"},   {"to-file", "file:2"},
            {"to-dir", "dir"},        {"to-dir/x", "file:2"},
            {"to-link", "link:keep"}, {"setuid", "file:"},
            {"setuid-2", "file:"}};
  }

  std::vector<std::string> layers_;
};

TEST_P(FlattenTest, ShowsWhatTheLayersTogetherAre) {
  AddThreeLayers();
  root_ = dir_ + "/flat";
  const absl::Status status = Flatten(layers_, root_, GetParam());
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Read(), Expected());
  EXPECT_EQ(Stat("keep").st_mode & 07777, 0750u);
  EXPECT_EQ(Stat("keep").st_mtime, 1'000'000'000);
  EXPECT_EQ(Stat("setuid").st_mode & 07777, 04755u);
  EXPECT_EQ(Stat("setuid").st_mtime, 77);
  EXPECT_EQ(Stat("setuid").st_ino, Stat("setuid-2").st_ino);
}

// overlayfs shows it so, too: a directory has what the topmost layer says of
// it.
TEST_P(FlattenTest, DirectoryHasOnlyTheAttributesOfItsTopmostEntry) {
  Add(TarWriter()
          .Add({.path = "d",
                .type = '5',
                .pax = {{"SCHILY.xattr.user.old", "1"},
                        {"SCHILY.xattr.user.both", "1"}}})
          .Add({.path = "kept",
                .type = '5',
                .pax = {{"SCHILY.xattr.user.old", "1"}}}));
  Add(TarWriter().Add({.path = "d",
                       .type = '5',
                       .pax = {{"SCHILY.xattr.user.new", "2"},
                               {"SCHILY.xattr.user.both", "2"}}}));
  const std::string flat = dir_ + "/flat";
  const absl::Status status = Flatten(layers_, flat, GetParam());
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(AttributeOf(flat + "/d", "user.old"), "");
  EXPECT_EQ(AttributeOf(flat + "/d", "user.both"), "2");
  EXPECT_EQ(AttributeOf(flat + "/d", "user.new"), "2");
  EXPECT_EQ(AttributeOf(flat + "/kept", "user.old"), "1");
}

TEST_P(FlattenTest, LayerThatComesTwiceCountsAtItsTop) {
  Add(TarWriter().File("a", "1").File("b", "1"));
  Add(TarWriter().File("a", "2").Whiteout(".wh.b"));
  const std::string flat = dir_ + "/flat";
  ASSERT_TRUE(
      Flatten({layers_[0], layers_[1], layers_[0]}, flat, GetParam()).ok());
  EXPECT_EQ(ReadTree(flat), (Tree{{"a", "file:1"}, {"b", "file:1"}}));
}

TEST_P(FlattenTest, MissingLayerIsAStorageError) {
  testing::ExpectError(Flatten({dir_ + "/none"}, dir_ + "/flat", GetParam()),
                       ErrorCategory::kStorage);
}

INSTANTIATE_TEST_SUITE_P(Modes, FlattenTest,
                         ::testing::Values(FlattenMode::kMove,
                                           FlattenMode::kCopy));

using CopyTest = FlattenTest;

TEST_F(CopyTest, LayersStayAsTheyAre) {
  AddThreeLayers();
  std::vector<Tree> before;
  for (const std::string& layer : layers_) before.push_back(ReadTree(layer));
  ASSERT_TRUE(Flatten(layers_, dir_ + "/flat", FlattenMode::kCopy).ok());
  for (size_t i = 0; i < layers_.size(); ++i) {
    EXPECT_EQ(ReadTree(layers_[i]), before[i]);
  }
}

TEST_F(CopyTest, HolesStayHoles) {
  Add(TarWriter());
  const std::string sparse = layers_[0] + "/f";
  ASSERT_TRUE(fs::WriteFileDurably(sparse, "head", 0600).ok());
  ASSERT_EQ(truncate(sparse.c_str(), 1 << 30), 0);
  root_ = dir_ + "/flat";
  ASSERT_TRUE(Flatten(layers_, root_, FlattenMode::kCopy).ok());
  EXPECT_EQ(Stat("f").st_size, 1 << 30);
  EXPECT_LT(Stat("f").st_blocks, 100);
}

// The kernel decides what the markers mean.
TEST_F(CopyTest, OverlayfsAgrees) {
  AddThreeLayers();
  std::vector<std::string> top_down(layers_.rbegin(), layers_.rend());
  const std::string merged = dir_ + "/merged";
  ASSERT_EQ(mkdir(merged.c_str(), 0755), 0);
  const std::string options =
      absl::StrCat("userxattr,lowerdir=", absl::StrJoin(top_down, ":"));
  if (mount("overlay", merged.c_str(), "overlay", MS_RDONLY, options.c_str()) !=
      0) {
    GTEST_SKIP() << "cannot mount overlayfs here: " << strerror(errno);
  }
  const Tree seen = ReadTree(merged);
  EXPECT_EQ(umount2(merged.c_str(), MNT_DETACH), 0);
  EXPECT_EQ(seen, Expected());
}

}  // namespace
}  // namespace faas::image
