// Formats and layouts that are odd, and right.

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "testing/command.h"
#include "testing/private_host.h"
#include "testing/victim_image.h"
#include "tests/security/archives.h"
#include "tests/security/compression.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

namespace filesystem = std::filesystem;

constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";
constexpr int64_t kHoleBytes = 3 << 20;

// Returns what GNU tar makes, with these options, of a directory with a file, a
// directory, links, a file with a hole and a name of more than 100 bytes. The
// file with a hole and the long name are for formats that have them.
std::string TarOf(const std::vector<std::string>& options, bool modern) {
  const std::string root = PrivateHostDirectory() + "/made";
  filesystem::create_directories(root + "/d");
  std::ofstream(root + "/d/file") << "content";
  filesystem::create_symlink("d/file", root + "/symlink");
  filesystem::create_hard_link(root + "/d/file", root + "/hardlink");
  std::ofstream(root + "/sparse") << "begin";
  filesystem::resize_file(root + "/sparse", kHoleBytes);
  std::ofstream(root + "/sparse", std::ios::app) << "end";
  if (modern) std::ofstream(root + "/" + std::string(150, 'n')) << "long";
  std::vector<std::string> argv = {"tar", "-C", root, "-c"};
  if (modern) argv.push_back("--sparse");
  argv.insert(argv.end(), options.begin(), options.end());
  for (const auto& entry : filesystem::directory_iterator(root)) {
    argv.push_back(entry.path().filename());
  }
  const CommandResult made = RunCommand(argv);
  filesystem::remove_all(root);
  // An empty layer would not have the expected tree.
  return made.exit_code == 0 ? made.out : MakeTar({});
}

LegalCase MadeByTar(const std::string& name,
                    const std::vector<std::string>& options,
                    bool modern = true) {
  LegalCase legal = {
      .name = name,
      .archive = [options,
                  modern] { return LegalImage({TarOf(options, modern)}); },
      .tree = {{"d/file", "file:content"},
               {"hardlink", "same:d/file"},
               {"symlink", "link:d/file"},
               {"sparse", absl::StrCat("size:", kHoleBytes + 3)}}};
  if (modern) legal.tree[std::string(150, 'n')] = "file:long";
  return legal;
}

// Returns a header from before ustar: no magic, and nothing after the link's
// target.
std::string OldHeader(const TarEntry& entry) {
  return AlteredHeader(entry, kMagicField,
                       std::string(kTarBlock - kMagicField, '\0'));
}

std::string OldTar() {
  TarEntry directory = DirectoryEntry("d/");
  directory.type = '\0';
  TarEntry file = FileEntry("d/file", "content");
  file.type = '\0';
  return absl::StrCat(OldHeader(directory), OldHeader(file),
                      PaddedToBlock(file.data),
                      OldHeader(HardLinkEntry("h", "d/file")), EndMark());
}

std::string WithDots(std::string prefix) {
  ArchiveMembers members =
      VictimImage({"say", "legal"}).Members(Layout::kDocker20);
  for (TarEntry& member : members) member.path = prefix + member.path;
  return MakeTar(members);
}

// Returns an archive of two images, of which the second is the legal one.
std::string SeveralImages() {
  ArchiveMembers members =
      VictimImage({"say", "captured"}).Members(Layout::kDocker25);
  ArchiveMembers others = VictimImage({"say", "legal"})
                              .AddTag("second:2")
                              .Members(Layout::kDocker25);
  Json all = Json::parse(Member(members, "manifest.json").data);
  Json second = Json::parse(Member(others, "manifest.json").data);
  second[0]["RepoTags"] = {"second:2"};
  all.push_back(second[0]);
  members.insert(members.end(), others.begin(), others.end());
  for (TarEntry& member : members) {
    if (member.path == "manifest.json") member.data = all.dump();
  }
  return MakeTar(members);
}

// Returns an index of an index of images for several platforms.
std::string MultiPlatformIndex() {
  OciImage image;
  image.says = "legal";
  image.change_index = [](Json& index, ArchiveMembers& members) {
    Json mine = index["manifests"][0];
    mine["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
    Json other = mine;
    other["platform"]["architecture"] = "s390x";
    other["digest"] = "sha256:" + std::string(64, 'a');
    Json attestation = other;
    attestation["platform"] = {{"os", "unknown"}, {"architecture", "unknown"}};
    index["manifests"] = Json::array({other, mine, attestation});
    const std::string inner = index.dump();
    members.push_back(BlobEntry(inner));
    index["manifests"] = Json::array({DescriptorOf(kIndexType, inner)});
  };
  return image.Save();
}

std::string EveryCompression() {
  OciImage image;
  image.says = "legal";
  image.layers = {{MakeTar({FileEntry("plain", "1")}), Compression::kNone},
                  {MakeTar({FileEntry("gzip", "2")}), Compression::kGzip},
                  {MakeTar({FileEntry("zstd", "3")}), Compression::kZstd}};
  return image.Save();
}

// Describes layers as skopeo 1.9 does when it was told to leave them as they
// are.
std::string PlainLayerSaidToBeGzip() {
  OciImage image;
  image.says = "legal";
  image.layers = {{MakeTar({FileEntry("plain", "1")}), Compression::kNone}};
  image.change_manifest = [](Json& manifest) {
    manifest["layers"].back()["mediaType"] =
        "application/vnd.oci.image.layer.v1.tar+gzip";
  };
  return image.Save();
}

// Writes several members or frames in a row, as estargz and zstd:chunked do.
std::string InPieces(Compression compression) {
  const std::string archive = LegalImage({});
  std::string packed;
  for (size_t at = 0; at < archive.size(); at += 100'000) {
    packed +=
        Compress(compression, absl::string_view(archive).substr(at, 100'000));
  }
  return packed;
}

std::string EmptyLayers(Layout layout) {
  return LegalImage({EndMark(), MakeTar({FileEntry("a", "1")}), EndMark(), ""},
                    layout);
}

std::string SameLayerTwice(Layout layout) {
  const std::string same = MakeTar({FileEntry("a", "1")});
  return LegalImage({same, MakeTar({FileEntry(".wh.a", "")}), same}, layout);
}

}  // namespace

std::vector<LegalCase> LegalArchives() {
  std::vector<LegalCase> cases = {
      MadeByTar("V7", {"--format=v7"}, /*modern=*/false),
      MadeByTar("OldGnu", {"--format=oldgnu"}),
      MadeByTar("Gnu", {"--format=gnu"}),
      MadeByTar("Ustar", {"--format=ustar"}, /*modern=*/false),
      MadeByTar("Pax", {"--format=posix"}),
      MadeByTar("PaxSparse00", {"--format=posix", "--sparse-version=0.0"}),
      MadeByTar("PaxSparse01", {"--format=posix", "--sparse-version=0.1"}),
      MadeByTar("PaxSparse10", {"--format=posix", "--sparse-version=1.0"}),
      {.name = "HeadersFromBeforeUstar",
       .archive = [] { return LegalImage({OldTar()}); },
       .tree = {{"d/file", "file:content"}, {"h", "same:d/file"}}},
      {.name = "DotsBeforeNames", .archive = [] { return WithDots("./"); }},
      {.name = "SlashesBeforeNames", .archive = [] { return WithDots("//"); }},
      {.name = "SeveralImages",
       .archive = SeveralImages,
       .reference = "second:2"},
      {.name = "MultiPlatformIndex", .archive = MultiPlatformIndex},
      {.name = "EveryCompression",
       .archive = EveryCompression,
       .tree = {{"plain", "file:1"}, {"gzip", "file:2"}, {"zstd", "file:3"}}},
      {.name = "PlainLayerSaidToBeGzip",
       .archive = PlainLayerSaidToBeGzip,
       .tree = {{"plain", "file:1"}}},
      {.name = "GzipInPieces",
       .archive = [] { return InPieces(Compression::kGzip); }},
      {.name = "ZstdInPieces",
       .archive = [] { return InPieces(Compression::kZstd); }},
      {.name = "ZerosAfterIt",
       .archive = [] { return LegalImage({}) + std::string(1'000'000, '\0'); }},
  };
  for (const auto& [name, layout] :
       {std::pair("Docker20", Layout::kDocker20),
        std::pair("Docker25", Layout::kDocker25),
        std::pair("Containerd", Layout::kContainerd)}) {
    const Layout form = layout;
    cases.push_back({.name = absl::StrCat("EmptyLayersOf", name),
                     .archive = [form] { return EmptyLayers(form); },
                     .tree = {{"a", "file:1"}}});
    // Docker 20 writes the second as a symlink to the first.
    cases.push_back({.name = absl::StrCat("SameLayerTwiceOf", name),
                     .archive = [form] { return SameLayerTwice(form); },
                     .tree = {{"a", "file:1"}}});
  }
  return cases;
}

}  // namespace faas::testing
