#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "image/layer/layer_writer.h"
#include "image/testing/layer_test.h"
#include "image/testing/tar_builder.h"

namespace faas::image {
namespace {

using testing::ExpectError;
using testing::TarBuilder;
using testing::TarEntry;
using testing::Tree;
using LayerWriterHostileTest = testing::LayerTest;

TEST_F(LayerWriterHostileTest, SymlinksAreFollowedWithinTheRootOnly) {
  const std::string out = dir_ + "/outside";
  ASSERT_TRUE(Write(TarBuilder()
                        .Symlink("absolute", out)
                        .File("absolute/etc/passwd", "captured")
                        .Dir("a")
                        .Dir("a/b")
                        .Symlink("a/b/up", "../..")
                        .Symlink("climb", "a/b/up/../../../outside")
                        .File("climb/etc/passwd", "captured too"))
                  .ok());
  const Tree tree = Read();
  EXPECT_EQ(tree.at(out.substr(1) + "/etc/passwd"), "file:captured");
  EXPECT_EQ(tree.at("outside/etc/passwd"), "file:captured too");
}

TEST_F(LayerWriterHostileTest, DirectoryReplacedBySymlinkIsNotWrittenThrough) {
  ASSERT_TRUE(Write(TarBuilder()
                        .Dir("d")
                        .File("d/a", "1")
                        .Symlink("d", dir_ + "/outside")
                        .File("d/etc/passwd", "captured"))
                  .ok());
  EXPECT_EQ(Read().at(dir_.substr(1) + "/outside/etc/passwd"), "file:captured");
}

TEST_F(LayerWriterHostileTest, DirectoryMayReplaceItselfThroughAnAlias) {
  ASSERT_TRUE(Write(TarBuilder()
                        .Dir("usr")
                        .Symlink("usr/up", "..")
                        .File("usr/up/usr", "gone")
                        .File("usr-2", ""))
                  .ok());
  ASSERT_TRUE(Read().contains("usr-2"));
}

TEST_F(LayerWriterHostileTest, UnsafeEntriesAreRefused) {
  const struct {
    TarEntry entry;
    ErrorCategory category;
  } kCases[] = {
      {{.name = "../x"}, ErrorCategory::kUnsafePath},
      {{.name = "a/../../x"}, ErrorCategory::kUnsafePath},
      {{.name = "a/.."}, ErrorCategory::kUnsafePath},
      {{.name = ".wh."}, ErrorCategory::kUnsafePath},
      {{.name = ".wh.."}, ErrorCategory::kUnsafePath},
      {{.name = ".wh..."}, ErrorCategory::kUnsafePath},
      {{.name = "a/.wh.b/c"}, ErrorCategory::kUnsafePath},
      {{.name = ".wh..wh..opq/c/../../d"}, ErrorCategory::kUnsafePath},
      {{.name = "./", .type = '2', .link = "x"}, ErrorCategory::kUnsafePath},
      {{.name = "s", .type = '2', .link = "../x"}, ErrorCategory::kUnsafeLink},
      {{.name = "s", .type = '2'}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "../x"}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "./h"}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "dir"}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "gone"}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "f/x"}, ErrorCategory::kUnsafeLink},
      {{.name = "h", .type = '1', .link = "loop/x"},
       ErrorCategory::kUnsafeLink},
      {{.name = "loop/x"}, ErrorCategory::kUnsafeLink},
      {{.name = "to-whiteout/x"}, ErrorCategory::kUnsafeLink},
      {{.name = "f/x"}, ErrorCategory::kMalformed},
      {{.name = "through/dir"}, ErrorCategory::kMalformed},
      {{.name = "c", .type = '3'}, ErrorCategory::kUnsupported},
      {{.name = "b", .type = '4'}, ErrorCategory::kUnsupported},
      {{.name = "p", .type = '6'}, ErrorCategory::kUnsupported},
      {{.name = std::string(256, 'n')}, ErrorCategory::kLimit},
      {{.name = "x", .pax = {{"uid", "4294967295"}}},
       ErrorCategory::kMalformed},
      {{.name = "x", .pax = {{"size", "-1"}}}, ErrorCategory::kMalformed},
      {{.name = "x",
        .raw_size = "\xff\xff\xff\xff\xff\xff\xff\xff"
                    "\xff\xff\xff\xff"},
       ErrorCategory::kMalformed},
      {{.name = "x", .raw_size = "77777777777"}, ErrorCategory::kTruncated},
      {{.name = "x", .good_checksum = false}, ErrorCategory::kMalformed},
  };
  int i = 0;
  for (const auto& test : kCases) {
    SCOPED_TRACE(absl::StrCat("case ", i++, " ", test.entry.name, " -> ",
                              test.entry.link));
    TarBuilder tar;
    tar.Dir("dir")
        .Whiteout(".wh.gone")
        .File("f", "")
        .Symlink("loop", "loop")
        .Symlink("through", "dir/..")
        .Symlink("to-whiteout", "dir/.wh.x");
    ExpectError(Write(tar.Add(test.entry)).status(), test.category);
  }
}

TEST_F(LayerWriterHostileTest, EscapesInNamesAreShownNotObeyed) {
  ExpectError(Write(TarBuilder().File("\x1b[2J/../x", "")).status(),
              ErrorCategory::kUnsafePath, "\"\\x1b[2J/../x\"");
}

TEST_F(LayerWriterHostileTest, LimitsHold) {
  Limits limits;
  limits.entries = 2;
  ExpectError(Write(TarBuilder().Dir("a").Dir("b").Dir("c"), limits).status(),
              ErrorCategory::kLimit, "more than 2 files");

  limits = {};
  limits.layer_bytes = 4096;
  ExpectError(
      Write(TarBuilder().File("a", std::string(5000, 'x')), limits).status(),
      ErrorCategory::kLimit, "more than 4096 bytes");

  limits = {};
  limits.depth = 3;
  ExpectError(Write(TarBuilder().File("a/b/c/d", ""), limits).status(),
              ErrorCategory::kLimit, "3 directories deep");
  ExpectError(
      Write(TarBuilder().Dir("a/b/c").Symlink("s", "a/b/c").File("s/d", ""),
            limits)
          .status(),
      ErrorCategory::kLimit, "3 directories deep");

  limits = {};
  limits.lower_references = 1;
  ExpectError(
      Write(TarBuilder().File("a/x", "").File("b/x", ""), limits).status(),
      ErrorCategory::kLimit);
}

TEST_F(LayerWriterHostileTest, LimitsHoldForWhatSymlinksLeadTo) {
  const std::string name(250, 'n');
  ExpectError(
      Write(TarBuilder().Symlink("s", "a/" + name + name).File("s/x", ""))
          .status(),
      ErrorCategory::kLimit, "more than 255 bytes");

  // No entry has so long a path, and no system call would take it.
  std::string half = name;
  for (int i = 0; i < 8; ++i) half += "/" + name;
  TarBuilder tar;
  tar.Symlink("s", half).Dir(half);
  ASSERT_TRUE(Write(TarBuilder(tar).File("s/x", "")).ok());
  ExpectError(Write(TarBuilder(tar).File("s/" + half + "/x", "")).status(),
              ErrorCategory::kLimit, "more than 4095 bytes in its path");
  const std::string nearly = half.substr(0, 4095 - half.size() - 1);
  ASSERT_TRUE(Write(TarBuilder(tar).File("s/" + nearly, "")).ok());
  ExpectError(Write(TarBuilder(tar).File("s/" + nearly + "x", "")).status(),
              ErrorCategory::kLimit, "to a path of more than 4095 bytes");
}

TEST_F(LayerWriterHostileTest, HugeSparseFileIsOverTheLimit) {
  std::string map = "1\n0\n4\n";
  map.resize(512, '\0');
  ExpectError(Write(TarBuilder().Add({.name = "f",
                                      .content = map + "data",
                                      .pax = {{"GNU.sparse.major", "1"},
                                              {"GNU.sparse.minor", "0"},
                                              {"GNU.sparse.name", "f"},
                                              {"GNU.sparse.realsize",
                                               "9000000000000000000"}}}))
                  .status(),
              ErrorCategory::kLimit);
}

TEST_F(LayerWriterHostileTest, SymlinksMayNotLeadALongWayEachTime) {
  TarBuilder tar;
  tar.Dir("d");
  std::string way;
  for (int i = 0; i < 100; ++i) way += "d/../";
  for (int i = 0; i < 39; ++i) {
    tar.Symlink(absl::StrCat("s", i),
                way + (i < 38 ? absl::StrCat("s", i + 1) : "d"));
  }
  EXPECT_TRUE(Write(tar.File("s0/f", "")).ok());
  for (int i = 0; i < 20; ++i) {
    tar.File(absl::StrCat("s0/f", i), "").File(absl::StrCat("f", i), "");
  }
  ExpectError(Write(tar).status(), ErrorCategory::kLimit, "on average");
  ExpectError(Write(TarBuilder().Symlink("s", way + way)).status(),
              ErrorCategory::kLimit, "max_path_depth");
}

TEST_F(LayerWriterHostileTest, SparseMapIsNotWithoutAnEnd) {
  std::string map = "2000000\n";
  for (int i = 0; i < 2'000'000; ++i) map += "0\n0\n";
  map.resize((map.size() + 511) / 512 * 512, '\0');
  ExpectError(Write(TarBuilder().Add({.name = "f",
                                      .content = map + "data",
                                      .pax = {{"GNU.sparse.major", "1"},
                                              {"GNU.sparse.minor", "0"},
                                              {"GNU.sparse.name", "f"},
                                              {"GNU.sparse.realsize", "4"}}}))
                  .status(),
              ErrorCategory::kLimit, "headers");
}

TEST_F(LayerWriterHostileTest, ManyHardLinksAreALimitOfTheFileSystem) {
  TarBuilder tar;
  tar.File("f", "");
  for (int i = 0; i < 66'000; ++i) tar.HardLink(absl::StrCat("l", i), "f");
  const absl::Status status = Write(tar).status();
  if (!status.ok()) ExpectError(status, ErrorCategory::kLimit, "hard links");
}

}  // namespace
}  // namespace faas::image
