// Layers that are odd, and right.

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

using Layers = std::vector<std::vector<TarEntry>>;

LegalCase Tree(const std::string& name, const Layers& layers,
               const std::map<std::string, std::string>& tree) {
  return {.name = name,
          .archive = [layers] { return LegalLayers(layers); },
          .tree = tree};
}

TarEntry WithType(TarEntry entry, char type) {
  entry.type = type;
  return entry;
}

TarEntry WithTime(TarEntry entry, int64_t mtime) {
  entry.mtime = mtime;
  return entry;
}

std::string Repeated(absl::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

std::vector<LegalCase> Links() {
  return {
      Tree("UsrMerge",
           {{DirectoryEntry("usr"), DirectoryEntry("usr/bin"),
             SymlinkEntry("bin", "usr/bin"), FileEntry("bin/x", "1", 0755)}},
           {{"usr/bin/x", "file:1"}, {"bin", "link:usr/bin"}}),
      Tree("UsrMergeOfLowerLayers",
           {{DirectoryEntry("usr"), DirectoryEntry("usr/bin"),
             SymlinkEntry("bin", "usr/bin"), FileEntry("usr/bin/x", "1")},
            {FileEntry("bin/y", "2"), FileEntry("bin/.wh.x", "")}},
           {{"usr/bin", "dir:y"}, {"bin", "link:usr/bin"}}),
      Tree("AbsoluteSymlinks",
           {{DirectoryEntry("usr"), DirectoryEntry("usr/lib"),
             SymlinkEntry("lib", "/usr/lib"),
             SymlinkEntry("lib64", "/../../lib"), FileEntry("lib64/x", "1"),
             SymlinkEntry("nowhere", "/no/such/file")}},
           {{"usr/lib/x", "file:1"},
            {"lib", "link:/usr/lib"},
            {"lib64", "link:/../../lib"},
            {"nowhere", "link:/no/such/file"}}),
      Tree("HardLinksToLowerFiles",
           {{DirectoryEntry("d"), FileEntry("d/f", "1", 0640)},
            {FileEntry("other", "")},
            {HardLinkEntry("h", "d/f"), HardLinkEntry("/i", "./d/f")}},
           {{"h", "file:1"},
            {"d/f", "file:1"},
            {"i", "same:h"},
            {"d", "dir:f"}}),
      Tree("HardLinksOfEveryKind",
           {{SymlinkEntry("s", "nowhere"), HardLinkEntry("hs", "s"),
             FileEntry("f", "1"), HardLinkEntry("h1", "f"),
             HardLinkEntry("h2", "h1"), FileEntry("f", "2")}},
           {{"hs", "link:nowhere"},
            {"h1", "same:h2"},
            {"h2", "file:1"},
            {"f", "file:2"}}),
  };
}

std::vector<LegalCase> Whiteouts() {
  return {
      Tree("OpaqueMarkerAfterItsSiblings",
           {{DirectoryEntry("d"), FileEntry("d/old", "")},
            {DirectoryEntry("d"), FileEntry("d/new", ""),
             FileEntry("d/.wh..wh..opq", "")}},
           {{"d", "dir:new"}}),
      Tree("WhiteoutOfNothing", {{FileEntry("d/.wh.none", "")}},
           {{"d", "dir"}, {"d/none", "none"}}),
      Tree("WhiteoutAndTheSameAgain",
           {{FileEntry("f", "1"), DirectoryEntry("d"), FileEntry("d/old", "")},
            {FileEntry(".wh.f", ""), FileEntry("f", "2"),
             FileEntry(".wh.d", ""), FileEntry("d/new", "")}},
           {{"f", "file:2"}, {"d", "dir:new"}}),
      Tree("AufsBookkeeping",
           {{FileEntry(".wh..wh.aufs", "x"), DirectoryEntry(".wh..wh.plnk"),
             FileEntry(".wh..wh.plnk/12.3", "x"), FileEntry("f", "1")}},
           {{"f", "file:1"}, {".wh..wh.plnk", "none"}}),
      Tree("DirectoryReplacesFileAndBack",
           {{FileEntry("x", "1")},
            {DirectoryEntry("x"), FileEntry("x/y", "2")},
            {FileEntry("x", "3")},
            {FileEntry(".wh.x", "")},
            {DirectoryEntry("x"), FileEntry("x/z", "4")}},
           {{"x", "dir:z"}, {"x/z", "file:4"}}),
      Tree("DirectoryReplacesFileAndBackInOneLayer",
           {{FileEntry("x", "1"), DirectoryEntry("x"), FileEntry("x/y", "2"),
             FileEntry("x", "3"), SymlinkEntry("x", "y"), DirectoryEntry("x"),
             FileEntry("x/z", "4")}},
           {{"x", "dir:z"}, {"x/z", "file:4"}}),
  };
}

std::vector<LegalCase> Entries() {
  const std::string long_path = Repeated("twenty-bytes-a-piece/", 190);
  return {
      Tree("MountPointsAsSymlinks",
           {{SymlinkEntry("dev", "/tmp"), SymlinkEntry("proc", "nowhere"),
             SymlinkEntry("sys", "sys"), SymlinkEntry("etc/hosts", "/dev/null"),
             SymlinkEntry("etc/resolv.conf", "../run/none"),
             SymlinkEntry("etc/hostname", "/proc/self/mem")}},
           {{"etc/resolv.conf", "link:../run/none"}}),
      Tree("MountPointsAsFiles",
           {{FileEntry("dev", "x"), FileEntry("proc", "x"),
             FileEntry("sys", "x"), FileEntry(".wh.tmp", "")}},
           {{"dev", "dir"}, {"proc", "dir"}}),
      Tree("MountPointsWithContent",
           {{DirectoryEntry("dev"), FileEntry("dev/null", "x"),
             DirectoryEntry("proc"), FileEntry("proc/1", "x"),
             DirectoryEntry("sys"), DirectoryEntry("sys/fs")}},
           {{"dev/null", "file:x"}}),
      Tree("ControlSocketAsDirectory",
           {{DirectoryEntry("control.sock"), FileEntry("control.sock/x", "")}},
           {}),
      Tree("ControlSocketAsSymlink",
           {{SymlinkEntry("control.sock", "/etc/passwd")}}, {}),
      Tree("SlashesAndDotsInNames",
           {{DirectoryEntry("./"), DirectoryEntry("/a//"),
             FileEntry("//a/./b", "1"), FileEntry("./a///c", "2"),
             FileEntry("/etc/x", "3")}},
           {{"a", "dir:b,c"}, {"etc/x", "file:3"}}),
      Tree("SetIdsAndStickyBits",
           {{FileEntry("u", "", 04755), FileEntry("g", "", 02755),
             DirectoryEntry("t", 01777), DirectoryEntry("none", 0)}},
           {{"u", "mode:04755"},
            {"g", "mode:02755"},
            {"t", "mode:01777"},
            {"none", "mode:00000"}}),
      Tree("ContiguousFile", {{WithType(FileEntry("c", "1"), '7')}},
           {{"c", "file:1"}}),
      Tree("NamesOfAnyBytes",
           {{FileEntry("a\xff\xfe", "1"), FileEntry("b\n\x1b[2J", "2"),
             FileEntry("c\\..\\d", "3"), FileEntry("...", "4"),
             FileEntry(" ", "5"),
             FileEntry("\xe2\x80\xae"
                       "e",
                       "6"),
             FileEntry(std::string(255, 'n'), "7")}},
           {{"a\xff\xfe", "file:1"},
            {"b\n\x1b[2J", "file:2"},
            {"c\\..\\d", "file:3"},
            {"...", "file:4"},
            {" ", "file:5"},
            {"\xe2\x80\xae"
             "e",
             "file:6"},
            {std::string(255, 'n'), "file:7"}}),
      Tree("LongAndDeepNames",
           {{FileEntry(long_path + "f", "1"),
             FileEntry(Repeated("d/", 255) + "f", "2")}},
           {{Repeated("d/", 255) + "f", "file:2"}}),
      Tree("TimesOfAllAges",
           {{WithTime(FileEntry("old", ""), -5'000'000'000),
             WithTime(FileEntry("new", ""), 077777777777)}},
           {{"old", "file:"}, {"new", "file:"}}),
  };
}

// The tar ends the name at the NUL, and what is left is judged.
LegalCase NulInAName() {
  TarEntry entry = FileEntry("x", "1");
  entry.pax = {{"path", std::string("name\0/../../escaped", 19)}};
  return Tree("NulEndsAName", {{entry}}, {{"name", "file:1"}});
}

}  // namespace

std::vector<LegalCase> LegalTrees() {
  std::vector<LegalCase> cases = Links();
  for (const auto& more : {Whiteouts(), Entries()}) {
    cases.insert(cases.end(), more.begin(), more.end());
  }
  cases.push_back(NulInAName());
  return cases;
}

}  // namespace faas::testing
