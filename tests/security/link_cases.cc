// Hard links and symlinks of a layer that lead out of it, nowhere or in
// circles.

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/sentinel.h"

namespace faas::testing {
namespace {

using Layers = std::vector<std::vector<TarEntry>>;

constexpr char kUnsafeLink[] = "UNSAFE_LINK";

HostileCase Refused(const std::string& name,
                    const std::function<Layers()>& layers,
                    const std::string& category = kUnsafeLink) {
  return {.name = name, .category = category, .archive = [layers] {
            return HostileLayers(layers());
          }};
}

HostileCase RefusedEntry(const std::string& name, const TarEntry& entry) {
  return Refused(name, [entry] { return Layers{{entry}}; });
}

// Returns s0 -> s1 -> ..., of which the last leads to a directory.
Layers ChainOfSymlinks(int length) {
  std::vector<TarEntry> entries = {DirectoryEntry("d")};
  for (int i = 0; i < length; ++i) {
    entries.push_back(
        SymlinkEntry(absl::StrCat("s", i),
                     i + 1 == length ? "d" : absl::StrCat("s", i + 1)));
  }
  entries.push_back(FileEntry("s0/x", "captured"));
  return {entries};
}

std::vector<HostileCase> HardLinks() {
  return {
      RefusedEntry("HardLinkClimbsOut",
                   HardLinkEntry("h", "../../../../etc/passwd")),
      Refused("HardLinkClimbsToTheSentinel",
              [] {
                return Layers{
                    {HardLinkEntry("h", ClimbToSentinel() + "/secret")}};
              }),
      Refused("HardLinkToTheSentinel",
              [] {
                return Layers{{HardLinkEntry("h", SentinelPath() + "/secret")}};
              }),
      RefusedEntry("HardLinkToItself", HardLinkEntry("h", "./h")),
      RefusedEntry("HardLinkToTheRoot", HardLinkEntry("h", "/")),
      RefusedEntry("HardLinkToNothing", HardLinkEntry("h", "none")),
      Refused(
          "HardLinkWithoutATarget",
          [] { return Layers{{HardLinkEntry("h", "")}}; }, "UNSUPPORTED"),
      Refused("HardLinkToADirectory",
              [] {
                return Layers{{DirectoryEntry("d"), HardLinkEntry("h", "d")}};
              }),
      Refused("HardLinkToALowerDirectory",
              [] {
                return Layers{{DirectoryEntry("d")}, {HardLinkEntry("h", "d")}};
              }),
      Refused("HardLinkToWhatTheLayerRemoves",
              [] {
                return Layers{
                    {FileEntry("f", "")},
                    {FileEntry(".wh.f", ""), HardLinkEntry("h", "f")}};
              }),
      Refused("HardLinkThroughASymlink",
              [] {
                return Layers{{SymlinkEntry("s", SentinelPath()),
                               HardLinkEntry("h", "s/secret")}};
              }),
      Refused("HardLinkThroughALowerSymlink",
              [] {
                return Layers{{SymlinkEntry("s", SentinelPath())},
                              {HardLinkEntry("h", "s/secret")}};
              }),
      Refused("HardLinkThroughALoop",
              [] {
                return Layers{
                    {SymlinkEntry("s", "s"), HardLinkEntry("h", "s/secret")}};
              }),
      Refused("HardLinkThroughAProcessesRoot",
              [] {
                return Layers{
                    {SymlinkEntry("s", "/proc/self/root" + SentinelPath()),
                     HardLinkEntry("h", "s/secret")}};
              }),
  };
}

std::vector<HostileCase> Symlinks() {
  return {
      RefusedEntry("SymlinkClimbsOut", SymlinkEntry("s", "../x")),
      RefusedEntry("SymlinkClimbsOutFromBelow",
                   SymlinkEntry("a/b/s", "../../../x")),
      RefusedEntry("SymlinkClimbsOutInTheMiddle",
                   SymlinkEntry("s", "a/../../a")),
      Refused("SymlinkClimbsToTheSentinel",
              [] {
                return Layers{{SymlinkEntry("s", ClimbToSentinel()),
                               FileEntry("s/captured", "")}};
              }),
      RefusedEntry("SymlinkToNothing", SymlinkEntry("s", "")),
      Refused(
          "SymlinkTooLong",
          [] { return Layers{{SymlinkEntry("s", std::string(5000, 'x'))}}; },
          "LIMIT"),
      Refused("FileThroughASymlinkToItself",
              [] {
                return Layers{{SymlinkEntry("s", "s"), FileEntry("s/x", "")}};
              }),
      Refused("FileThroughALoop",
              [] {
                return Layers{{SymlinkEntry("a", "b"), SymlinkEntry("b", "a"),
                               FileEntry("a/x", "")}};
              }),
      Refused("WhiteoutThroughALoop",
              [] {
                return Layers{{SymlinkEntry("a", "b/c"),
                               SymlinkEntry("b", "a/c"),
                               FileEntry("a/.wh.x", "")}};
              }),
      Refused("MarkerOfALoop",
              [] {
                return Layers{
                    {SymlinkEntry("a", "a"), FileEntry("a/.wh..wh..opq", "")}};
              }),
      Refused("FileThroughTooManySymlinks", [] { return ChainOfSymlinks(50); }),
      Refused(
          "DirectoryThatItsPathLeadsThrough",
          [] {
            return Layers{{DirectoryEntry("d"), SymlinkEntry("s", "d/.."),
                           FileEntry("s/d", "captured")}};
          },
          "MALFORMED"),
  };
}

}  // namespace

std::vector<HostileCase> LinkCases() {
  std::vector<HostileCase> cases = HardLinks();
  const std::vector<HostileCase> symlinks = Symlinks();
  cases.insert(cases.end(), symlinks.begin(), symlinks.end());
  return cases;
}

}  // namespace faas::testing
