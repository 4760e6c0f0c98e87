#include "tests/faithfulness/odd_layers.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "testing/tar_writer.h"

namespace faas::testing {
namespace {

TarEntry With(TarEntry entry, std::map<std::string, std::string> pax) {
  entry.pax = std::move(pax);
  return entry;
}

TarEntry File(const std::string& name, const std::string& content = "1") {
  return FileEntry("odd_tar/" + name, content);
}

TarEntry Directory(const std::string& name, mode_t mode = 0755) {
  return DirectoryEntry(absl::StrCat("odd_tar/", name, "/"), mode);
}

TarEntry Opaque(const std::string& directory) {
  return File(absl::StrCat(directory, "/.wh..wh..opq"), "");
}

// cap_net_raw+ep, as setcap writes it.
std::string Capability() {
  std::string value(20, '\0');
  value[0] = 1;
  value[3] = 2;
  value[5] = 0x20;
  return value;
}

std::string BottomLayer() {
  std::vector<TarEntry> entries = {
      DirectoryEntry("odd_tar/"),
      // Numbers.
      With(File("huge_owner"), {{"uid", "4294967293"}, {"gid", "2097152"}}),
      With(File("fraction"), {{"mtime", "1577836800.25"}}),
      With(File("before_1970"), {{"mtime", "-86400"}}),
      With(File("after_2262"), {{"mtime", "10413792000"}}),
      // Attributes.
      With(File("attributes"), {{"SCHILY.xattr.user.text", "a=b\nc"},
                                {"SCHILY.xattr.user.empty", ""},
                                {"SCHILY.xattr.trusted.host", "1"},
                                {"SCHILY.xattr.security.selinux", "label"}}),
      With(File("capable"),
           {{"SCHILY.xattr.security.capability", Capability()}}),
      With(Directory("listed_again"), {{"SCHILY.xattr.user.dir", "1"}}),
      // For the layers above.
      File("linked"),
      HardLinkEntry("odd_tar/linked_2", "odd_tar/linked"),
      With(Directory("not_listed", 0711),
           {{"uid", "5"}, {"SCHILY.xattr.user.dir", "1"}}),
      SymlinkEntry("odd_tar/link", "target"),
      Directory("target"),
      File("again"),
      File("to_file/x"),
  };
  for (const char* name : {"opaque_first", "opaque_last", "gone"}) {
    entries.push_back(Directory(name));
    entries.push_back(Directory(absl::StrCat(name, "/sub")));
    entries.push_back(File(absl::StrCat(name, "/sub/x")));
    entries.push_back(File(absl::StrCat(name, "/x")));
  }
  return MakeTar(entries);
}

std::string MiddleLayer() {
  return MakeTar({
      File("not_listed/new", "2"),
      FileEntry("bin/odd_tar_tool", "2", 0755),
      Directory("listed_again", 0700),
      Opaque("opaque_first"),
      File("opaque_first/new", "2"),
      File("opaque_last/new", "2"),
      Opaque("opaque_last"),
      File(".wh.gone", ""),
      File(".wh.never_there", ""),
      File(".wh.again", ""),
      File("again", "2"),
      File("twice", "2"),
      File("twice", "twenty-two"),
      FileEntry("./odd_tar/with_dot", "2"),
      FileEntry("/odd_tar/with_slash", "2"),
      FileEntry("odd_tar//doubled", "2"),
      File("to_file", "2"),
      File("to_file/.wh.x", ""),
      HardLinkEntry("odd_tar/linked_3", "odd_tar/linked"),
  });
}

std::string TopLayer() {
  return MakeTar({
      File("gone/back", "3"),
      Directory("link"),
      File("link/x", "3"),
      Opaque("not_listed"),
      File("opaque_first/more", "3"),
  });
}

}  // namespace

std::vector<std::string> OddLayers() {
  return {BottomLayer(), MiddleLayer(), TopLayer()};
}

}  // namespace faas::testing
