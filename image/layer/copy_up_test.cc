#include "image/layer/copy_up.h"

#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "image/testing/layer_test.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::LongNames;
using faas::testing::TarWriter;
using testing::ExpectError;
using testing::Tree;

class CopyUpTest : public testing::LayerTest {
 protected:
  // Writes a layer on top of those before it.
  absl::Status Add(const TarWriter& tar) {
    auto written = Write(tar);
    if (!written.ok()) return written.status();
    const absl::Status status = CopyUpFromLower(
        *written, lower_, "layer", Limits(), {.keep = CanChown()}, budget_);
    lower_.insert(lower_.begin(), {written->directory, nullptr});
    return status;
  }

  std::vector<LayerDirectory> lower_;
  Budget budget_{Limits()};
};

TEST_F(CopyUpTest, ImplicitDirectoriesTakeLowerMetadata) {
  ASSERT_TRUE(
      Add(TarWriter()
              .Add({.path = "tmp", .type = '5', .mode = 01777, .mtime = 42})
              .Dir("a", 0711)
              .Dir("a/b", 0700))
          .ok());
  ASSERT_TRUE(
      Add(TarWriter().File("tmp/f", "").File("a/b/f", "").File("n/f", ""))
          .ok());
  EXPECT_EQ(Stat("tmp").st_mode & 07777, 01777u);
  EXPECT_EQ(Stat("tmp").st_mtime, 42);
  EXPECT_EQ(Stat("a").st_mode & 07777, 0711u);
  EXPECT_EQ(Stat("a/b").st_mode & 07777, 0700u);
  EXPECT_EQ(Stat("n").st_mode & 07777, 0755u);
}

TEST_F(CopyUpTest, CopiesOfLowerFilesHaveALimit) {
  ASSERT_TRUE(Add(TarWriter().File("f", "12345")).ok());
  budget_.image_bytes = 9;
  ASSERT_TRUE(Add(TarWriter().HardLink("g", "f").HardLink("h", "f")).ok());
  EXPECT_EQ(budget_.image_bytes, 4u);
  ExpectError(Add(TarWriter().HardLink("i", "f")), ErrorCategory::kLimit,
              "with \"f\", a file of a lower layer that it links to");
}

TEST_F(CopyUpTest, LimitsHoldForWhatLowerSymlinksLeadTo) {
  std::string deep = "d";
  while (deep.size() < 250) deep += "/d";
  ASSERT_TRUE(Add(TarWriter().Dir(deep).Symlink("s", deep)).ok());
  // The files are in a directory that the layer does not list, so they are
  // moved.
  EXPECT_TRUE(Add(TarWriter().File("s/f", "").File("s/a/b", "")).ok());
  ExpectError(Add(TarWriter().File("s/" + deep + deep + "/f", "")),
              ErrorCategory::kLimit, "more than 256 directories deep");

  const std::string name(250, 'n');
  std::string half = name;
  for (int i = 0; i < 8; ++i) half += "/" + name;
  ASSERT_TRUE(Add(TarWriter().Dir(half).Symlink("t", half)).ok());
  ExpectError(Add(TarWriter().File("t/" + half, "")), ErrorCategory::kLimit,
              "more than 4095 bytes in its path");
}

TEST_F(CopyUpTest, LowerSymlinksToNamesThatCannotBeLeadNowhere) {
  ASSERT_TRUE(
      Add(TarWriter(LongNames::kGnu).Symlink("s", std::string(300, 'n') + "/x"))
          .ok());
  ExpectError(Add(TarWriter().HardLink("h", "s/y")), ErrorCategory::kUnsafeLink,
              "which neither");
  EXPECT_TRUE(Add(TarWriter().File("s/f", "")).ok());
}

TEST_F(CopyUpTest, WhatLowerLayersHideIsNotTaken) {
  ASSERT_TRUE(Add(TarWriter().Dir("d", 0700).Dir("o").Dir("o/x", 0700)).ok());
  ASSERT_TRUE(
      Add(TarWriter().Whiteout(".wh.d").Dir("o").Whiteout("o/.wh..wh..opq"))
          .ok());
  ASSERT_TRUE(Add(TarWriter().File("d/f", "").File("o/x/f", "")).ok());
  EXPECT_EQ(Stat("d").st_mode & 07777, 0755u);
  EXPECT_EQ(Stat("o/x").st_mode & 07777, 0755u);
}

TEST_F(CopyUpTest, OwnOpaqueDirectoryHidesLowerMetadata) {
  ASSERT_TRUE(Add(TarWriter().Dir("d").Dir("d/x", 0700)).ok());
  ASSERT_TRUE(
      Add(TarWriter().Dir("d").Whiteout("d/.wh..wh..opq").File("d/x/f", ""))
          .ok());
  EXPECT_EQ(Stat("d/x").st_mode & 07777, 0755u);
}

TEST_F(CopyUpTest, ContentMovesToWhereLowerSymlinkLeads) {
  ASSERT_TRUE(Add(TarWriter()
                      .Dir("usr")
                      .Add({.path = "usr/bin",
                            .type = '5',
                            .mode = 0711,
                            .mtime = 1'000'000'000})
                      .Symlink("bin", "usr/bin")
                      .Symlink("opt", "/bin"))
                  .ok());
  ASSERT_TRUE(Add(TarWriter()
                      .Add({.path = "./", .type = '5', .mtime = 9})
                      .File("bin/x", "1")
                      .File("bin/sub/deep/y", "2")
                      .Whiteout("bin/.wh.old")
                      .File("opt/z", "3"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"usr", "dir"},
                          {"usr/bin", "dir"},
                          {"usr/bin/x", "file:1"},
                          {"usr/bin/sub", "dir"},
                          {"usr/bin/sub/deep", "dir"},
                          {"usr/bin/sub/deep/y", "file:2"},
                          {"usr/bin/old", "whiteout"},
                          {"usr/bin/z", "file:3"}}));
  EXPECT_EQ(Stat("usr/bin").st_mode & 07777, 0711u);
  EXPECT_EQ(Stat("usr/bin").st_mtime, 1'000'000'000);
  EXPECT_EQ(Stat("").st_mtime, 9);
}

TEST_F(CopyUpTest, SymlinkToItsOwnDirectoryIsFollowed) {
  ASSERT_TRUE(Add(TarWriter().Dir("bin").Symlink("bin/X11", ".")).ok());
  ASSERT_TRUE(Add(TarWriter().File("bin/X11/x", "1")).ok());
  EXPECT_EQ(Read(), (Tree{{"bin", "dir"}, {"bin/x", "file:1"}}));
}

TEST_F(CopyUpTest, ContentDoesNotMoveIntoItself) {
  ASSERT_TRUE(
      Add(TarWriter().Dir("c").Symlink("a", "c").Symlink("l", "/")).ok());
  // In the lower layers "a" leads to "c", and in this layer "c" leads to "a".
  ASSERT_TRUE(
      Add(TarWriter().File("a/x", "1").Symlink("c", "a").File("l/l/x", "2"))
          .ok());
  EXPECT_EQ(Read(), (Tree{{"a", "dir"},
                          {"a/x", "file:1"},
                          {"c", "link:a"},
                          {"l", "dir"},
                          {"l/l", "dir"},
                          {"l/l/x", "file:2"}}));
}

TEST_F(CopyUpTest, ListedDirectoryReplacesLowerSymlink) {
  ASSERT_TRUE(
      Add(TarWriter().Dir("usr").Dir("usr/sub", 0700).Symlink("bin", "usr"))
          .ok());
  ASSERT_TRUE(Add(TarWriter().Dir("bin").File("bin/sub/x", "")).ok());
  EXPECT_EQ(Read(),
            (Tree{{"bin", "dir"}, {"bin/sub", "dir"}, {"bin/sub/x", "file:"}}));
  EXPECT_EQ(Stat("bin/sub").st_mode & 07777, 0755u);
}

TEST_F(CopyUpTest, HardLinkCopiesItsTargetUp) {
  ASSERT_TRUE(Add(TarWriter()
                      .Dir("usr", 0711)
                      .Dir("usr/lib")
                      .Symlink("lib", "usr/lib")
                      .Add({.path = "usr/lib/f",
                            .data = "lower",
                            .mode = 04711,
                            .mtime = 7}))
                  .ok());
  ASSERT_TRUE(Add(TarWriter().File("other", "")).ok());
  ASSERT_TRUE(Add(TarWriter()
                      .Add({.path = "new",
                            .type = '5',
                            .mode = 0755,
                            .mtime = 1'000'000'000})
                      .HardLink("new/a", "lib/f")
                      .HardLink("lib/b", "usr/lib/f")
                      .HardLink("new/c", "new/a"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"usr", "dir"},
                          {"usr/lib", "dir"},
                          {"usr/lib/f", "file:lower"},
                          {"usr/lib/b", "file:lower"},
                          {"new", "dir"},
                          {"new/a", "file:lower"},
                          {"new/c", "file:lower"}}));
  EXPECT_EQ(Stat("new/a").st_ino, Stat("usr/lib/f").st_ino);
  EXPECT_EQ(Stat("new/a").st_nlink, 4u);
  EXPECT_EQ(Stat("new/a").st_mode & 07777, 04711u);
  EXPECT_EQ(Stat("new/a").st_mtime, 7);
  EXPECT_EQ(Stat("usr").st_mode & 07777, 0711u);
  EXPECT_EQ(Stat("new").st_mtime, 1'000'000'000);
}

TEST_F(CopyUpTest, LinkThatALaterEntryReplacedIsForgotten) {
  ASSERT_TRUE(Add(TarWriter().File("f", "lower")).ok());
  ASSERT_TRUE(Add(TarWriter().HardLink("h", "f").File("h", "own")).ok());
  EXPECT_EQ(Read().at("h"), "file:own");
}

TEST_F(CopyUpTest, LinkToNothingOrToADirectoryIsRefused) {
  ASSERT_TRUE(Add(TarWriter().Dir("d").File("hidden", "")).ok());
  ASSERT_TRUE(Add(TarWriter().Whiteout(".wh.hidden")).ok());
  for (const char* target : {"none", "none/x", "d", "hidden"}) {
    ExpectError(Add(TarWriter().HardLink("h", target)),
                ErrorCategory::kUnsafeLink, absl::StrCat("\"", target, "\""));
    lower_.erase(lower_.begin());
  }
}

TEST_F(CopyUpTest, OpaqueRootIsSpeltOut) {
  ASSERT_TRUE(Add(TarWriter().File("a", "1").Dir("d").File("d/x", "1")).ok());
  ASSERT_TRUE(
      Add(TarWriter().File("own", "2").Dir("d").Whiteout(".wh..wh..opq")).ok());
  EXPECT_EQ(Read(),
            (Tree{{"a", "whiteout"}, {"d", "dir opaque"}, {"own", "file:2"}}));
}

TEST_F(CopyUpTest, LowerSymlinksMayNotLeadALongWayEachTime) {
  TarWriter lower;
  lower.Dir("d").File("d/f", "");
  std::string way;
  for (int i = 0; i < 100; ++i) way += "d/../";
  for (int i = 0; i < 20; ++i) {
    lower.Symlink(absl::StrCat("s", i),
                  way + (i < 19 ? absl::StrCat("s", i + 1) : "d"));
  }
  ASSERT_TRUE(Add(lower).ok());
  budget_.lower_lookups = WalkBudget(15'000);
  EXPECT_TRUE(Add(TarWriter().HardLink("h0", "s0/f")).ok());
  ExpectError(Add(TarWriter().HardLink("h1", "s0/f")), ErrorCategory::kLimit,
              "max_lower_lookups");
}

TEST_F(CopyUpTest, DeepLayersMayNotLieUponEachOtherWithoutEnd) {
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "d/";
  ASSERT_TRUE(Add(TarWriter().File(deep + "f", "")).ok());
  budget_.lower_lookups = WalkBudget(10'000);
  EXPECT_TRUE(Add(TarWriter().File(deep + "f", "")).ok());
  absl::Status status;
  for (int i = 0; i < 20 && status.ok(); ++i) {
    status = Add(TarWriter().File(deep + "f", ""));
  }
  ExpectError(status, ErrorCategory::kLimit, "max_lower_lookups");
}

}  // namespace
}  // namespace faas::image
