// Layers that are legal, since what they name lies within the image, and that
// would do harm if they were unpacked without care.

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/sentinel.h"

namespace faas::testing {
namespace {

using Layers = std::vector<std::vector<TarEntry>>;
using Tree = std::map<std::string, std::string>;

// The path that the sentinel would have in the image.
std::string Inside(const std::string& name) {
  return absl::StrCat(SentinelPath().substr(1), "/", name);
}

std::string Outside(const std::string& name) {
  return absl::StrCat(SentinelPath(), "/", name);
}

struct Aimed {
  const char* name;
  Layers (*layers)();
  Tree (*tree)();
};

constexpr Aimed kAimed[] = {
    {"FileAtAnAbsoluteName",
     [] { return Layers{{FileEntry(Outside("captured"), "1")}}; },
     [] {
       return Tree{{Inside("captured"), "file:1"}};
     }},
    {"FileThroughASymlink",
     [] {
       return Layers{{SymlinkEntry("s", Outside("empty")),
                      FileEntry("s/captured", "1"),
                      DirectoryEntry("s/more", 0777)}};
     },
     [] {
       return Tree{{Inside("empty/captured"), "file:1"},
                   {Inside("empty/more"), "mode:00777"}};
     }},
    {"FileThroughASymlinkOfALowerLayer",
     [] {
       return Layers{{SymlinkEntry("s", Outside("empty"))},
                     {FileEntry("s/captured", "1")}};
     },
     [] { return Tree{}; }},
    {"FileThroughAProcessesRoot",
     [] {
       return Layers{{SymlinkEntry("s", "/proc/self/root" + Outside("empty")),
                      FileEntry("s/captured", "1"),
                      SymlinkEntry("t", "/proc/self/cwd"),
                      FileEntry("t/captured", "1")}};
     },
     [] { return Tree{}; }},
    {"FileAtTheNameOfASymlink",
     [] {
       return Layers{{SymlinkEntry("s", Outside("secret")),
                      FileEntry("s", "captured"),
                      SymlinkEntry("t", Outside("dangling")),
                      FileEntry("t", "captured")}};
     },
     [] {
       return Tree{{"s", "file:captured"}, {"t", "file:captured"}};
     }},
    {"FileAtTheNameOfAHardLinkToASymlink",
     [] {
       return Layers{{SymlinkEntry("s", Outside("secret")),
                      HardLinkEntry("h", "s"), FileEntry("h", "captured"),
                      HardLinkEntry("i", "s")}};
     },
     [] {
       return Tree{{"h", "file:captured"},
                   {"s", "link:" + Outside("secret")},
                   {"i", "same:s"}};
     }},
    {"HardLinkToASymlinkOfALowerLayer",
     [] {
       return Layers{{SymlinkEntry("s", Outside("secret"))},
                     {HardLinkEntry("h", "s")}};
     },
     [] {
       return Tree{{"h", "link:" + Outside("secret")}};
     }},
    {"DirectoryReplacedByASymlink",
     [] {
       return Layers{{DirectoryEntry("d"), FileEntry("d/file", "1"),
                      SymlinkEntry("d", Outside("directory")),
                      FileEntry("d/file", "captured")}};
     },
     [] {
       return Tree{{"d", "link:" + Outside("directory")},
                   {Inside("directory/file"), "file:captured"}};
     }},
    {"DirectoryReplacedByASymlinkAndBack",
     [] {
       return Layers{{DirectoryEntry("d"), SymlinkEntry("d", Outside("empty")),
                      DirectoryEntry("d", 0777), FileEntry("d/captured", "1")}};
     },
     [] {
       return Tree{{"d", "dir:captured"}};
     }},
    {"ModeAndOwnerOfASymlinksTarget",
     [] {
       TarEntry owned = SymlinkEntry("s", Outside("secret"));
       owned.uid = 4711;
       owned.gid = 4711;
       owned.mode = 0777;
       owned.mtime = 1;
       return Layers{{owned, DirectoryEntry("d"), owned}};
     },
     [] {
       return Tree{{"s", "link:" + Outside("secret")}};
     }},
    {"WhiteoutThroughASymlink",
     [] {
       return Layers{{SymlinkEntry("s", Outside("directory")),
                      FileEntry("s/.wh.file", ""),
                      FileEntry("s/.wh..wh..opq", "")}};
     },
     [] {
       return Tree{{Inside("directory/file"), "none"}};
     }},
    {"WhiteoutThroughASymlinkOfALowerLayer",
     [] {
       return Layers{{SymlinkEntry("s", Outside("directory"))},
                     {FileEntry("s/.wh.file", ""), FileEntry(".wh.s", "")}};
     },
     [] { return Tree{}; }},
    {"WhiteoutOfASymlink",
     [] {
       return Layers{{SymlinkEntry("s", Outside("directory"))},
                     {FileEntry(".wh.s", "")}};
     },
     [] {
       return Tree{{"s", "none"}};
     }},
    {"AccountsOfTheHost",
     [] {
       return Layers{{SymlinkEntry("etc/passwd", Outside("directory/passwd"))}};
     },
     [] {
       return Tree{{"etc/passwd", "link:" + Outside("directory/passwd")}};
     }},
};

}  // namespace

std::vector<LegalCase> AimedTrees() {
  std::vector<LegalCase> cases;
  for (const Aimed& aimed : kAimed) {
    cases.push_back(
        {.name = aimed.name,
         .archive = [layers = aimed.layers] { return LegalLayers(layers()); },
         .make_tree = aimed.tree});
  }
  return cases;
}

}  // namespace faas::testing
