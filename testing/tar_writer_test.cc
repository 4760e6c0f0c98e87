#include "testing/tar_writer.h"

#include <gtest/gtest.h>

#include "testing/command.h"

namespace faas::testing {
namespace {

std::string List(const std::string& tar) {
  const CommandResult result =
      RunCommand({"tar", "--numeric-owner", "--full-time", "-tvf", "-"}, tar);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.out;
}

TEST(TarWriterTest, EveryTypeIsListedByTar) {
  const std::string listing = List(MakeTar({
      DirectoryEntry("dir/"),
      FileEntry("dir/file", "contents", 04755),
      SymlinkEntry("dir/symlink", "file"),
      HardLinkEntry("dir/hardlink", "dir/file"),
      DeviceEntry("dir/null", '3', 1, 3),
  }));
  EXPECT_NE(listing.find("drwxr-xr-x 0/0"), std::string::npos) << listing;
  EXPECT_NE(listing.find("-rwsr-xr-x 0/0"), std::string::npos) << listing;
  EXPECT_NE(listing.find("dir/symlink -> file"), std::string::npos) << listing;
  EXPECT_NE(listing.find("dir/hardlink link to dir/file"), std::string::npos)
      << listing;
  EXPECT_NE(listing.find("1,3 "), std::string::npos) << listing;
}

TEST(TarWriterTest, OwnerAndTimeAreKept) {
  TarEntry entry = FileEntry("file", "");
  entry.uid = 1000;
  entry.gid = 2001;
  entry.mtime = 86400;
  const std::string listing = List(MakeTar({entry}));
  EXPECT_NE(listing.find("1000/2001"), std::string::npos) << listing;
  EXPECT_NE(listing.find("1970-01-02"), std::string::npos) << listing;
}

TEST(TarWriterTest, LongNamesAndNumbersGoIntoPaxHeaders) {
  TarEntry entry = SymlinkEntry(std::string(300, 'n'), std::string(200, 't'));
  entry.uid = 3000000000;
  entry.mtime = -86400;
  const std::string listing = List(MakeTar({entry}));
  EXPECT_NE(listing.find(entry.path + " -> " + entry.target), std::string::npos)
      << listing;
  EXPECT_NE(listing.find("3000000000/0"), std::string::npos) << listing;
  EXPECT_NE(listing.find("1969-12-31"), std::string::npos) << listing;
}

TEST(TarWriterTest, DamagedHeaderIsRefusedByTar) {
  std::string header = TarHeader(FileEntry("file", ""));
  header[0] = 'x';
  std::string tar = TarWriter().Raw(header).Finish();
  EXPECT_NE(RunCommand({"tar", "-tf", "-"}, tar).exit_code, 0);

  SetTarChecksum(&header);
  tar.replace(0, header.size(), header);
  EXPECT_EQ(RunCommand({"tar", "-tf", "-"}, tar).out, "xile\n");
}

TEST(TarWriterTest, LongNamesMayBeEntriesOfGnuTar) {
  const std::string path(300, 'n'), target(200, 't');
  const std::string tar =
      TarWriter(LongNames::kGnu).Symlink(path, target).Finish();
  EXPECT_EQ(tar.find("linkpath="), std::string::npos);
  EXPECT_NE(List(tar).find(path + " -> " + target), std::string::npos);
}

TEST(TarWriterTest, EntryMayLieAboutItsSizeAndChecksum) {
  TarEntry entry = FileEntry("file", "data");
  entry.raw_size = "00000000002";
  EXPECT_NE(List(TarWriter().Add(entry).Finish()).find(" 2 1970-01-01"),
            std::string::npos);
  entry.good_checksum = false;
  EXPECT_NE(RunCommand({"tar", "-tf", "-"}, TarWriter().Add(entry).Finish())
                .exit_code,
            0);
}

}  // namespace
}  // namespace faas::testing
