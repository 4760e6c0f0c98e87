#include "image/layer/layer_writer.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/testing/layer_test.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::TarWriter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Tree;

using LayerWriterTest = testing::LayerTest;

TEST_F(LayerWriterTest, WritesFilesDirectoriesAndLinks) {
  const auto written = Write(TarWriter()
                                 .Dir("./")
                                 .Dir("./usr/")
                                 .File("/usr/a", "A")
                                 .Symlink("usr/s", "/etc/x")
                                 .HardLink("usr/h", "./usr/a"));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_TRUE(written->references.empty());
  EXPECT_EQ(Read(), (Tree{{"usr", "dir"},
                          {"usr/a", "file:A"},
                          {"usr/h", "file:A"},
                          {"usr/s", "link:/etc/x"}}));
  EXPECT_EQ(Stat("usr/a").st_ino, Stat("usr/h").st_ino);
}

TEST_F(LayerWriterTest, ModesDoNotDependOnTheUmask) {
  const mode_t before = umask(077);
  ASSERT_TRUE(Write(TarWriter()
                        .Dir("d", 01777)
                        .File("d/f", "", 04755)
                        .File("implicit/f", "", 0666))
                  .ok());
  umask(before);
  EXPECT_EQ(Stat("d").st_mode & 07777, 01777u);
  EXPECT_EQ(Stat("d/f").st_mode & 07777, 04755u);
  EXPECT_EQ(Stat("implicit").st_mode & 07777, 0755u);
  EXPECT_EQ(Stat("implicit/f").st_mode & 07777, 0666u);
}

TEST_F(LayerWriterTest, OwnersAreKept) {
  if (!CanChown()) GTEST_SKIP() << "changing owners needs CAP_CHOWN";
  ASSERT_TRUE(
      Write(TarWriter()
                .Add({.path = "d", .type = '5', .uid = 1, .gid = 2})
                .Add({.path = "d/f", .mode = 06755, .uid = 70000, .gid = 4})
                .Add({.path = "s", .type = '2', .target = "x", .uid = 5}))
          .ok());
  EXPECT_EQ(Stat("d").st_uid, 1u);
  EXPECT_EQ(Stat("d").st_gid, 2u);
  EXPECT_EQ(Stat("d/f").st_uid, 70000u);
  EXPECT_EQ(Stat("d/f").st_mode & 07777, 06755u);
  EXPECT_EQ(Stat("s").st_uid, 5u);
}

std::string AttributeOf(const std::string& path, const char* name) {
  char value[256];
  const ssize_t n = lgetxattr(path.c_str(), name, value, sizeof(value));
  return n < 0 ? absl::StrCat("errno ", errno) : std::string(value, n);
}

TEST_F(LayerWriterTest, OwnersAreShiftedWhoeverNamesThem) {
  if (!CanChown()) GTEST_SKIP() << "changing owners needs CAP_CHOWN";
  id_base_ = 100'000;
  Limits limits;
  limits.ids = 65'536;
  ASSERT_TRUE(Write(TarWriter()
                        .Add({.path = "f", .mode = 04755, .uid = 1, .gid = 2})
                        .Add({.path = "d", .type = '5', .uid = 65'535})
                        .Symlink("l", "f")
                        .File("implicit/f", ""),
                    limits)
                  .ok());
  EXPECT_EQ(Stat("f").st_uid, 100'001u);
  EXPECT_EQ(Stat("f").st_gid, 100'002u);
  EXPECT_EQ(Stat("f").st_mode & 07777, 04755u);
  EXPECT_EQ(Stat("d").st_uid, 165'535u);
  for (const char* path : {"", "d", "l", "implicit", "implicit/f"}) {
    EXPECT_EQ(Stat(path).st_gid, 100'000u) << path;
  }
  testing::ExpectError(
      Write(TarWriter().Add({.path = "f", .uid = 65'536}), limits).status(),
      ErrorCategory::kUnsupported, "65536:0");
}

TEST_F(LayerWriterTest, AttributesAreKeptWhereTheyAreSafe) {
  const auto written = Write(
      TarWriter()
          .Add({.path = "f",
                .pax = {{"SCHILY.xattr.user.a", "1"},
                        {"SCHILY.xattr.security.selinux", "x"},
                        {"SCHILY.acl.access",
                         "user::rw-,user:7:"
                         "rw-,group::r--,"
                         "mask::rw-,"
                         "other::r--"}}})
          .Add({.path = "d",
                .type = '5',
                .mode = 0500,
                .pax = {{"SCHILY.xattr.user.b", "2"}}})
          .Add({.path = "g", .pax = {{"SCHILY.xattr.security.selinux", "x"}}}));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(AttributeOf(root_ + "/f", "user.a"), "1");
  EXPECT_EQ(AttributeOf(root_ + "/d", "user.b"), "2");
  EXPECT_NE(AttributeOf(root_ + "/f", "security.selinux"), "x");
  const auto& ignored = written->ignored_attributes.counts();
  ASSERT_EQ(ignored.size(), 2u);
  EXPECT_EQ(ignored.at("security.selinux").entries, 2u);
  EXPECT_EQ(ignored.at("security.selinux").example, "f");
  EXPECT_EQ(ignored.at("system.posix_acl").entries, 1u);
}

TEST_F(LayerWriterTest, EmptyAttributesAreNone) {
  const auto written = Write(TarWriter().Add(
      {.path = "f",
       .pax = {{"SCHILY.xattr.user.a", ""}, {"SCHILY.xattr.user.b", "2"}}}));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(lgetxattr((root_ + "/f").c_str(), "user.a", nullptr, 0), -1);
  EXPECT_EQ(AttributeOf(root_ + "/f", "user.b"), "2");
  EXPECT_EQ(written->ignored_attributes.counts().count("user.a"), 1u);
}

TEST_F(LayerWriterTest, AttributesOfOverlayfsAreRefused) {
  for (const char* name : {"user.overlay.opaque", "trusted.overlay.redirect"}) {
    testing::ExpectError(
        Write(TarWriter().Add(
                  {.path = "d",
                   .type = '5',
                   .pax = {{absl::StrCat("SCHILY.xattr.", name), "y"}}}))
            .status(),
        ErrorCategory::kUnsupported, name);
  }
}

TEST_F(LayerWriterTest, CapabilitiesCountOnlyWhereTheBaseIsRoot) {
  if (!CanChown()) GTEST_SKIP() << "capabilities need CAP_SETFCAP";
  // This is cap_net_raw+ep, as setcap writes it.
  const std::string capability(
      "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00"
      "\x00\x00\x00\x00\x00\x00\x00\x00",
      20);
  const TarWriter tar = TarWriter().Add(
      {.path = "ping",
       .data = "x",
       .mode = 0755,
       .uid = 3,
       .pax = {{"SCHILY.xattr.security.capability", capability}}});
  ASSERT_TRUE(Write(tar).ok());
  EXPECT_EQ(AttributeOf(root_ + "/ping", "security.capability"), capability);
  id_base_ = 100'000;
  ASSERT_TRUE(Write(tar).ok());
  std::string shifted = capability;
  shifted[3] = 3;
  EXPECT_EQ(AttributeOf(root_ + "/ping", "security.capability"),
            shifted + std::string("\xa0\x86\x01\x00", 4));
  // The kernel is not given a value that is no capability.
  const auto written = Write(TarWriter().Add(
      {.path = "f", .pax = {{"SCHILY.xattr.security.capability", "junk"}}}));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->ignored_attributes.counts().size(), 1u);
}

TEST_F(LayerWriterTest, SetGidDirectoryDoesNotHandItsGroupDown) {
  if (!CanChown()) GTEST_SKIP() << "changing owners needs CAP_CHOWN";
  ASSERT_TRUE(
      Write(TarWriter()
                .Add({.path = "d", .type = '5', .mode = 02775, .gid = 50})
                .File("d/f", "")
                .Dir("d/e"))
          .ok());
  EXPECT_EQ(Stat("d/f").st_gid, 0u);
  EXPECT_EQ(Stat("d/e").st_gid, 0u);
  EXPECT_EQ(Stat("d/e").st_mode & 07777, 0755u);
}

TEST_F(LayerWriterTest, TimesOfDirectoriesOutliveTheirEntries) {
  ASSERT_TRUE(
      Write(
          TarWriter()
              .Add({.path = "./", .type = '5', .mtime = 5})
              .Add({.path = "d", .type = '5', .mtime = 10})
              .Add({.path = "d/e", .type = '5', .mtime = 20})
              .Add({.path = "d/e/f", .data = "x", .mtime = 1'000'000'000})
              .File("d/g", "x")
              .Add({.path = "d/h", .type = '1', .target = "d/e/f", .mtime = 1})
              .File("z", "x")
              .File("d/e/late", "x"))
          .ok());
  EXPECT_EQ(Stat("").st_mtime, 5);
  EXPECT_EQ(Stat("d").st_mtime, 10);
  EXPECT_EQ(Stat("d/e").st_mtime, 20);
  EXPECT_EQ(Stat("d/e/f").st_mtime, 1'000'000'000);
}

TEST_F(LayerWriterTest, PaxTimesHaveNanoseconds) {
  ASSERT_TRUE(Write(TarWriter().Add({.path = "f",
                                     .pax = {{"mtime", "12.345678901"},
                                             {"path", "d/renamed"}}}))
                  .ok());
  EXPECT_EQ(Stat("d/renamed").st_mtim.tv_sec, 12);
  EXPECT_EQ(Stat("d/renamed").st_mtim.tv_nsec, 345678901);
}

TEST_F(LayerWriterTest, PaxNamesAreKeptWhetherUtf8OrNot) {
  ASSERT_TRUE(Write(TarWriter()
                        .Add({.path = "f", .pax = {{"path", "h\xc3\xa9"}}})
                        .Add({.path = "g", .pax = {{"path", "b\xff"}}})
                        .File("raw\xfe", ""))
                  .ok());
  EXPECT_EQ(
      Read(),
      (Tree{{"h\xc3\xa9", "file:"}, {"b\xff", "file:"}, {"raw\xfe", "file:"}}));
}

TEST_F(LayerWriterTest, LongNamesAndDeepPathsArrive) {
  const std::string name(255, 'n');
  std::string deep = "d";
  for (int i = 0; i < 200; ++i) deep += "/0123456789";
  ASSERT_TRUE(Write(TarWriter().File(name, "1").File(deep, "2")).ok());
  EXPECT_EQ(Read()[name], "file:1");
  EXPECT_EQ(Read()[deep], "file:2");
}

TEST_F(LayerWriterTest, MissingParentsAreImplicitUntilListed) {
  const auto written = Write(
      TarWriter().File("a/b/f", "").File("c/d/f", "").Dir("a/b").Dir("c"));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_THAT(written->references.implicit_directories,
              ElementsAre("a", "c/d"));
}

TEST_F(LayerWriterTest, HardLinkToLowerLayerIsLeftToIt) {
  const auto written =
      Write(TarWriter().File("f", "own").HardLink("f", "usr/lower"));
  ASSERT_TRUE(written.ok()) << written.status();
  ASSERT_EQ(written->references.links.size(), 1u);
  EXPECT_EQ(written->references.links[0].path, "f");
  EXPECT_EQ(written->references.links[0].target, "usr/lower");
  EXPECT_THAT(Read(), IsEmpty());
}

TEST_F(LayerWriterTest, LaterEntriesReplaceEarlierOnes) {
  ASSERT_TRUE(Write(TarWriter()
                        .File("file-file", "1")
                        .File("file-file", "2")
                        .Dir("dir-file")
                        .File("dir-file/x", "")
                        .File("dir-file", "3")
                        .Symlink("link-file", "file-file")
                        .File("link-file", "4")
                        .File("file-link", "")
                        .Symlink("file-link", "target")
                        .Dir("dir-dir", 0700)
                        .File("dir-dir/x", "5")
                        .Dir("dir-dir", 0750)
                        .File("file-hard", "")
                        .HardLink("file-hard", "file-file"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"file-file", "file:2"},
                          {"dir-file", "file:3"},
                          {"link-file", "file:4"},
                          {"file-link", "link:target"},
                          {"dir-dir", "dir"},
                          {"dir-dir/x", "file:5"},
                          {"file-hard", "file:2"}}));
  EXPECT_EQ(Stat("dir-dir").st_mode & 07777, 0750u);
}

TEST_F(LayerWriterTest, DirectoryAfterAnythingElseIsOpaque) {
  ASSERT_TRUE(Write(TarWriter()
                        .File("a", "")
                        .Dir("a")
                        .Whiteout(".wh.b")
                        .Dir("b")
                        .Whiteout(".wh.c")
                        .File("c/implicit", "")
                        .Symlink("d", "a")
                        .Dir("d"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"a", "dir opaque"},
                          {"b", "dir opaque"},
                          {"c", "dir opaque"},
                          {"c/implicit", "file:"},
                          {"d", "dir opaque"}}));
}

TEST_F(LayerWriterTest, WhiteoutsHideOnlyLowerLayers) {
  ASSERT_TRUE(Write(TarWriter()
                        .Dir("d")
                        .File("d/f", "mine")
                        .Whiteout("d/.wh.f")
                        .Whiteout("d/.wh.gone")
                        .Whiteout("d/.wh.back")
                        .File("d/back", "again")
                        .Dir("e")
                        .File("e/f", "mine")
                        .Whiteout(".wh.e"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"d", "dir"},
                          {"d/f", "file:mine"},
                          {"d/gone", "whiteout"},
                          {"d/back", "file:again"},
                          {"e", "dir opaque"},
                          {"e/f", "file:mine"}}));
}

TEST_F(LayerWriterTest, OpaqueMarkMayComeAfterItsSiblings) {
  const auto written = Write(TarWriter()
                                 .Dir("d")
                                 .File("d/f", "mine")
                                 .Whiteout("d/.wh..wh..opq")
                                 .Whiteout("e/.wh..wh..opq")
                                 .Whiteout(".wh..wh.plnk"));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(
      Read(),
      (Tree{{"d", "dir opaque"}, {"d/f", "file:mine"}, {"e", "dir opaque"}}));
  EXPECT_FALSE(written->references.opaque_root);
}

TEST_F(LayerWriterTest, WhiteoutBelowAFileIsNothing) {
  ASSERT_TRUE(Write(TarWriter()
                        .Dir("d")
                        .File("d/file", "1")
                        .Whiteout("d/file/.wh.x")
                        .Whiteout("d/file/deep/.wh.x")
                        .File("d/after", "2"))
                  .ok());
  EXPECT_EQ(Read(),
            (Tree{{"d", "dir"}, {"d/file", "file:1"}, {"d/after", "file:2"}}));
}

TEST_F(LayerWriterTest, OpaqueRootIsLeftToTheLowerLayers) {
  const auto written = Write(TarWriter().Whiteout(".wh..wh..opq"));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_TRUE(written->references.opaque_root);
}

TEST_F(LayerWriterTest, MergedUsrIsWrittenThroughItsSymlinks) {
  ASSERT_TRUE(Write(TarWriter()
                        .Dir("usr")
                        .Dir("usr/bin")
                        .Symlink("bin", "usr/bin")
                        .Symlink("lib", "/usr/lib")
                        .File("bin/sh", "sh")
                        .File("lib/so", "so")
                        .Symlink("var/run", "/run")
                        .Whiteout("var/run/.wh.x")
                        .HardLink("bin/bash", "bin/sh"))
                  .ok());
  EXPECT_EQ(Read(), (Tree{{"usr", "dir"},
                          {"usr/bin", "dir"},
                          {"usr/bin/sh", "file:sh"},
                          {"usr/bin/bash", "file:sh"},
                          {"usr/lib", "dir"},
                          {"usr/lib/so", "file:so"},
                          {"bin", "link:usr/bin"},
                          {"lib", "link:/usr/lib"},
                          {"var", "dir"},
                          {"var/run", "link:/run"},
                          {"run", "dir"},
                          {"run/x", "whiteout"}}));
}

TEST_F(LayerWriterTest, SystemFilesMayBeSymlinks) {
  ASSERT_TRUE(Write(TarWriter()
                        .Symlink("dev", "/etc")
                        .Symlink("proc", "etc")
                        .Dir("etc")
                        .Symlink("etc/resolv.conf", "../run/resolv.conf"))
                  .ok());
}

TEST_F(LayerWriterTest, SparseFilesStaySparse) {
  // This is a GNU 1.0 sparse file of 1 GiB. Its map has one piece at the start.
  std::string map = "1\n0\n4\n";
  map.resize(512, '\0');
  ASSERT_TRUE(
      Write(TarWriter().Add({.path = "GNUSparseFile.0/f",
                             .data = map + "data",
                             .pax = {{"GNU.sparse.major", "1"},
                                     {"GNU.sparse.minor", "0"},
                                     {"GNU.sparse.name", "f"},
                                     {"GNU.sparse.realsize", "1073741824"}}}))
          .ok());
  EXPECT_EQ(Stat("f").st_size, 1 << 30);
  EXPECT_LT(Stat("f").st_blocks, 100);
}

}  // namespace
}  // namespace faas::image
