// Layers whose entries have wrong names, types or owners.

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"
#include "tests/security/sentinel.h"

namespace faas::testing {
namespace {

constexpr char kUnsafePath[] = "UNSAFE_PATH";
constexpr char kUnsupported[] = "UNSUPPORTED";
constexpr char kMalformed[] = "MALFORMED";
constexpr char kLimit[] = "LIMIT";

// Returns an archive with a layer of these entries.
HostileCase Layer(const std::string& name, const std::string& category,
                  const std::function<std::vector<TarEntry>()>& entries) {
  return {.name = name, .category = category, .archive = [entries] {
            return HostileLayer(entries());
          }};
}

// Returns an archive whose layer has a file of that name after an innocent one.
HostileCase File(const std::string& name, const std::string& category,
                 const std::string& path) {
  return Layer(name, category, [path] {
    return std::vector<TarEntry>{FileEntry("innocent", "1"),
                                 FileEntry(path, "captured")};
  });
}

HostileCase Entry(const std::string& name, const std::string& category,
                  const TarEntry& entry) {
  return Layer(name, category, [entry] { return std::vector{entry}; });
}

TarEntry OfType(char type) {
  TarEntry entry = FileEntry("evil", "");
  entry.type = type;
  return entry;
}

TarEntry OwnedBy(uint64_t uid, uint64_t gid) {
  TarEntry entry = FileEntry("evil", "");
  entry.uid = uid;
  entry.gid = gid;
  return entry;
}

TarEntry WithPax(const std::string& key, const std::string& value) {
  TarEntry entry = FileEntry("evil", "");
  entry.pax = {{key, value}};
  return entry;
}

std::string Repeated(absl::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

std::vector<HostileCase> Names() {
  std::vector<HostileCase> cases = {
      File("ClimbsOut", kUnsafePath, "../x"),
      File("ClimbsOutFurther", kUnsafePath, "../../../../../x"),
      File("ClimbsOutFromWithin", kUnsafePath, "a/../../x"),
      File("ClimbsWithin", kUnsafePath, "a/../x"),
      File("ClimbsFromTheRoot", kUnsafePath, "/../x"),
      File("ClimbsAtTheEnd", kUnsafePath, "a/.."),
      File("ClimbsFromAWhiteout", kUnsafePath, ".wh..wh..opq/../../x"),
      Layer("ClimbsToTheSentinel", kUnsafePath,
            [] {
              return std::vector{
                  FileEntry(ClimbToSentinel() + "/secret", "captured")};
            }),
      Layer("DirectoryClimbsToTheSentinel", kUnsafePath,
            [] {
              return std::vector{
                  DirectoryEntry(ClimbToSentinel() + "/empty", 0777)};
            }),
      Layer("WhiteoutClimbsToTheSentinel", kUnsafePath,
            [] {
              return std::vector{
                  FileEntry(ClimbToSentinel() + "/.wh.secret", "")};
            }),
      Layer("RootIsASymlink", kUnsafePath,
            [] { return std::vector{SymlinkEntry("./", SentinelPath())}; }),
      Entry("RootIsAFile", kUnsafePath, FileEntry("./.", "captured")),
      File("ComponentTooLong", kLimit, std::string(256, 'n')),
      File("PathTooLong", kLimit, Repeated("twenty-bytes-a-piece/", 196) + "x"),
      File("WhiteoutOfNothing", kUnsafePath, ".wh."),
      File("WhiteoutOfTheDirectory", kUnsafePath, ".wh.."),
      File("WhiteoutOfTheParent", kUnsafePath, ".wh..."),
      File("WhiteoutOfTheParentBelow", kUnsafePath, "a/b/.wh..."),
      File("WhiteoutOfAWhiteout", kUnsafePath, "a/.wh..wh.x"),
      File("WithinAWhiteout", kUnsafePath, ".wh.a/b"),
      File("EscapesInItsName", kUnsafePath, "\x1b[2J\r\nfaas: done\x07/../x"),
      File("NoUtf8InItsName", kUnsafePath, "\xff\xfe\xc0\xaf\xc2\x9b/../x"),
      // As bytes these are a few thousand. As the line would show them, they
      // are four times as many.
      File("ThousandsOfEscapesInItsName", kUnsafePath,
           Repeated(std::string(200, '\x01') + "/", 20) + "../x"),
      Layer("FileInAFile", kMalformed,
            [] {
              return std::vector{FileEntry("f", ""), FileEntry("f/x", "")};
            }),
  };
  cases[0].also_new = true;
  return cases;
}

std::vector<HostileCase> TypesAndOwners() {
  return {
      Entry("CharacterDevice", kUnsupported, DeviceEntry("mem", '3', 1, 1)),
      Entry("BlockDevice", kUnsupported, DeviceEntry("disk", '4', 8, 0)),
      // overlayfs takes this for a whiteout.
      Entry("WhiteoutDevice", kUnsupported, DeviceEntry("victim", '3', 0, 0)),
      Entry("Fifo", kUnsupported, OfType('6')),
      Entry("OwnerBeyond32Bits", kMalformed, OwnedBy(uint64_t{1} << 33, 0)),
      Entry("GroupBeyond32Bits", kMalformed, OwnedBy(0, uint64_t{1} << 33)),
      Entry("OwnerOfNobody", kMalformed, OwnedBy(0xffffffff, 0)),
      Entry("OwnerNegative", kMalformed, WithPax("uid", "-1")),
      Entry("OwnerBeyond16Bits", kUnsupported, OwnedBy(70'000, 0)),
      Entry("GroupBeyond16Bits", kUnsupported, OwnedBy(0, 70'000)),
      Entry("TrustedAttribute", kUnsupported,
            WithPax("SCHILY.xattr.trusted.overlay.redirect", "/etc")),
      Entry("OverlayAttribute", kUnsupported,
            WithPax("SCHILY.xattr.user.overlay.opaque", "y")),
      Entry("OverlayAttributeInBase64", kUnsupported,
            WithPax("LIBARCHIVE.xattr.user.overlay.redirect", "L2V0Yw")),
  };
}

}  // namespace

std::vector<HostileCase> PathCases() {
  std::vector<HostileCase> cases = Names();
  const std::vector<HostileCase> others = TypesAndOwners();
  cases.insert(cases.end(), others.begin(), others.end());
  return cases;
}

}  // namespace faas::testing
