#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "image/layer/layer_writer.h"
#include "image/testing/layer_test.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::LongNames;
using faas::testing::TarEntry;
using faas::testing::TarWriter;
using testing::ExpectError;
using testing::Tree;
using LayerWriterHostileTest = testing::LayerTest;

TEST_F(LayerWriterHostileTest, SymlinksAreFollowedWithinTheRootOnly) {
  const std::string out = dir_ + "/outside";
  ASSERT_TRUE(Write(TarWriter()
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
  ASSERT_TRUE(Write(TarWriter()
                        .Dir("d")
                        .File("d/a", "1")
                        .Symlink("d", dir_ + "/outside")
                        .File("d/etc/passwd", "captured"))
                  .ok());
  EXPECT_EQ(Read().at(dir_.substr(1) + "/outside/etc/passwd"), "file:captured");
}

TEST_F(LayerWriterHostileTest, DirectoryMayReplaceItselfThroughAnAlias) {
  ASSERT_TRUE(Write(TarWriter()
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
      {{.path = "../x"}, ErrorCategory::kUnsafePath},
      {{.path = "a/../../x"}, ErrorCategory::kUnsafePath},
      {{.path = "a/.."}, ErrorCategory::kUnsafePath},
      {{.path = ".wh."}, ErrorCategory::kUnsafePath},
      {{.path = ".wh.."}, ErrorCategory::kUnsafePath},
      {{.path = ".wh..."}, ErrorCategory::kUnsafePath},
      {{.path = "a/.wh.b/c"}, ErrorCategory::kUnsafePath},
      {{.path = ".wh..wh..opq/c/../../d"}, ErrorCategory::kUnsafePath},
      {{.path = "./", .type = '2', .target = "x"}, ErrorCategory::kUnsafePath},
      {{.path = "s", .type = '2', .target = "../x"},
       ErrorCategory::kUnsafeLink},
      {{.path = "s", .type = '2'}, ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "../x"},
       ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "./h"}, ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "dir"}, ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "gone"},
       ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "f/x"}, ErrorCategory::kUnsafeLink},
      {{.path = "h", .type = '1', .target = "loop/x"},
       ErrorCategory::kUnsafeLink},
      {{.path = "loop/x"}, ErrorCategory::kUnsafeLink},
      {{.path = "to-whiteout/x"}, ErrorCategory::kUnsafeLink},
      {{.path = "f/x"}, ErrorCategory::kMalformed},
      {{.path = "through/dir"}, ErrorCategory::kMalformed},
      {{.path = "c", .type = '3'}, ErrorCategory::kUnsupported},
      {{.path = "b", .type = '4'}, ErrorCategory::kUnsupported},
      {{.path = "p", .type = '6'}, ErrorCategory::kUnsupported},
      {{.path = std::string(256, 'n')}, ErrorCategory::kLimit},
      {{.path = "x", .pax = {{"uid", "4294967295"}}},
       ErrorCategory::kMalformed},
      {{.path = "x", .pax = {{"size", "-1"}}}, ErrorCategory::kMalformed},
      {{.path = "x",
        .raw_size = "\xff\xff\xff\xff\xff\xff\xff\xff"
                    "\xff\xff\xff\xff"},
       ErrorCategory::kMalformed},
      {{.path = "x", .raw_size = "77777777777"}, ErrorCategory::kTruncated},
      {{.path = "x", .good_checksum = false}, ErrorCategory::kMalformed},
  };
  int i = 0;
  for (const auto& test : kCases) {
    SCOPED_TRACE(absl::StrCat("case ", i++, " ", test.entry.path, " -> ",
                              test.entry.target));
    TarWriter tar;
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
  ExpectError(Write(TarWriter().File("\x1b[2J/../x", "")).status(),
              ErrorCategory::kUnsafePath, "\"\\x1b[2J/../x\"");
}

TEST_F(LayerWriterHostileTest, LimitsHold) {
  Limits limits;
  limits.entries = 2;
  ExpectError(Write(TarWriter().Dir("a").Dir("b").Dir("c"), limits).status(),
              ErrorCategory::kLimit, "more than 2 files");

  limits = {};
  limits.layer_bytes = 4096;
  ExpectError(
      Write(TarWriter().File("a", std::string(5000, 'x')), limits).status(),
      ErrorCategory::kLimit, "more than 4096 bytes");

  limits = {};
  limits.depth = 3;
  ExpectError(Write(TarWriter().File("a/b/c/d", ""), limits).status(),
              ErrorCategory::kLimit, "3 directories deep");
  ExpectError(
      Write(TarWriter().Dir("a/b/c").Symlink("s", "a/b/c").File("s/d", ""),
            limits)
          .status(),
      ErrorCategory::kLimit, "3 directories deep");

  limits = {};
  limits.lower_references = 1;
  ExpectError(
      Write(TarWriter().File("a/x", "").File("b/x", ""), limits).status(),
      ErrorCategory::kLimit);
}

TEST_F(LayerWriterHostileTest, LimitsHoldForWhatSymlinksLeadTo) {
  const std::string name(250, 'n');
  ExpectError(Write(TarWriter(LongNames::kGnu)
                        .Symlink("s", "a/" + name + name)
                        .File("s/x", ""))
                  .status(),
              ErrorCategory::kLimit, "more than 255 bytes");

  // No entry has so long a path, and no system call would take it.
  std::string half = name;
  for (int i = 0; i < 8; ++i) half += "/" + name;
  TarWriter tar(LongNames::kGnu);
  tar.Symlink("s", half).Dir(half);
  ASSERT_TRUE(Write(TarWriter(tar).File("s/x", "")).ok());
  ExpectError(Write(TarWriter(tar).File("s/" + half + "/x", "")).status(),
              ErrorCategory::kLimit, "more than 4095 bytes in its path");
  const std::string nearly = half.substr(0, 4095 - half.size() - 1);
  ASSERT_TRUE(Write(TarWriter(tar).File("s/" + nearly, "")).ok());
  ExpectError(Write(TarWriter(tar).File("s/" + nearly + "x", "")).status(),
              ErrorCategory::kLimit, "to a path of more than 4095 bytes");
}

TEST_F(LayerWriterHostileTest, HugeSparseFileIsOverTheLimit) {
  std::string map = "1\n0\n4\n";
  map.resize(512, '\0');
  ExpectError(Write(TarWriter().Add({.path = "f",
                                     .data = map + "data",
                                     .pax = {{"GNU.sparse.major", "1"},
                                             {"GNU.sparse.minor", "0"},
                                             {"GNU.sparse.name", "f"},
                                             {"GNU.sparse.realsize",
                                              "9000000000000000000"}}}))
                  .status(),
              ErrorCategory::kLimit);
}

TEST_F(LayerWriterHostileTest, SymlinksMayNotLeadALongWayEachTime) {
  TarWriter tar;
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
  ExpectError(Write(TarWriter().Symlink("s", way + way)).status(),
              ErrorCategory::kLimit, "max_path_depth");
}

TEST_F(LayerWriterHostileTest, SparseMapIsNotWithoutAnEnd) {
  std::string map = "2000000\n";
  for (int i = 0; i < 2'000'000; ++i) map += "0\n0\n";
  map.resize((map.size() + 511) / 512 * 512, '\0');
  ExpectError(Write(TarWriter().Add({.path = "f",
                                     .data = map + "data",
                                     .pax = {{"GNU.sparse.major", "1"},
                                             {"GNU.sparse.minor", "0"},
                                             {"GNU.sparse.name", "f"},
                                             {"GNU.sparse.realsize", "4"}}}))
                  .status(),
              ErrorCategory::kLimit, "headers");
}

TEST_F(LayerWriterHostileTest, ManyHardLinksAreALimitOfTheFileSystem) {
  TarWriter tar;
  tar.File("f", "");
  for (int i = 0; i < 66'000; ++i) tar.HardLink(absl::StrCat("l", i), "f");
  const absl::Status status = Write(tar).status();
  if (!status.ok()) ExpectError(status, ErrorCategory::kLimit, "hard links");
}

}  // namespace
}  // namespace faas::image
