// Archives whose manifest names wrong blobs, or blobs that are wrong.

#include "absl/strings/str_cat.h"
#include "testing/image_builder.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {
namespace {

constexpr char kManifest[] = "MANIFEST";
constexpr char kDigest[] = "DIGEST";
constexpr char kUnsafePath[] = "UNSAFE_PATH";
constexpr char kUnsafeLink[] = "UNSAFE_LINK";

// Returns an archive whose manifest names `layer` on top of the good one.
std::function<std::string()> NamesLayer(const std::string& layer) {
  return [layer] {
    return WithChangedManifest(
        [&](Json& manifest) { manifest[0]["Layers"].push_back(layer); });
  };
}

// Returns an archive whose configuration has the diff ID of `tar` on top, and
// whose manifest names `layer`, which `add` puts into the archive.
std::string WithLayerAt(const std::string& layer, const std::string& tar,
                        const std::vector<TarEntry>& add) {
  ArchiveMembers members = GoodMembers();
  TarEntry& entry = Member(members, "manifest.json");
  Json manifest = Json::parse(entry.data);
  Json config = Json::parse(
      Member(members, manifest[0]["Config"].get<std::string>()).data);
  config["rootfs"]["diff_ids"].push_back(
      absl::StrCat("sha256:", Sha256Hex(tar)));
  manifest[0]["Config"] = BlobEntry(config.dump()).path;
  manifest[0]["Layers"].push_back(layer);
  entry.data = manifest.dump();
  members.push_back(BlobEntry(config.dump()));
  members.insert(members.end(), add.begin(), add.end());
  return MakeTar(members);
}

std::string SmallTar() { return MakeTar({FileEntry("a", "1")}); }

}  // namespace

std::vector<HostileCase> BlobCases() {
  const std::string hex(64, 'a');
  return {
      {.name = "FewerLayersThanDiffIds",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest(
                 [](Json& manifest) { manifest[0]["Layers"] = Json::array(); });
           }},
      {.name = "MoreLayersThanDiffIds",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest[0]["Layers"].push_back(manifest[0]["Layers"][0]);
             });
           }},
      {.name = "NoConfig",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest(
                 [](Json& manifest) { manifest[0].erase("Config"); });
           }},
      {.name = "ConfigIsNoText",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest[0]["Config"] = {1, 2};
             });
           }},
      {.name = "ConfigWithNul",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest[0]["Config"] = std::string("a\0b", 3);
             });
           }},
      {.name = "ConfigClimbsOut",
       .category = kUnsafePath,
       .archive =
           [] {
             return WithChangedManifest([](Json& manifest) {
               manifest[0]["Config"] = "../../../../etc/passwd";
             });
           }},
      {.name = "ConfigOfTheHost",
       .category = kManifest,
       .archive =
           [] {
             return WithChangedManifest(
                 [](Json& manifest) { manifest[0]["Config"] = "/etc/passwd"; });
           }},
      {.name = "ConfigMissing",
       .category = kManifest,
       .archive =
           [hex] {
             return WithChangedManifest([&](Json& manifest) {
               manifest[0]["Config"] = "blobs/sha256/" + hex;
             });
           }},
      {.name = "LayerMissing",
       .category = kManifest,
       .archive =
           [hex] {
             return WithLayerAt("blobs/sha256/" + hex, SmallTar(), {});
           }},
      {.name = "LayerClimbsOut",
       .category = kUnsafePath,
       .archive =
           [] { return WithLayerAt("blobs/../../x.tar", SmallTar(), {}); }},
      {.name = "LayerIsALinkOut",
       .category = kUnsafeLink,
       .archive =
           [] {
             return WithLayerAt(
                 "out.tar", SmallTar(),
                 {SymlinkEntry("out.tar", "../../../../etc/passwd")});
           }},
      {.name = "LayerIsAHardLinkOut",
       .category = kUnsafeLink,
       .archive =
           [] {
             return WithLayerAt("out.tar", SmallTar(),
                                {HardLinkEntry("out.tar", "../etc/passwd")});
           }},
      {.name = "LayerIsALinkToTheHost",
       .category = kManifest,
       .archive =
           [] {
             return WithLayerAt("out.tar", SmallTar(),
                                {SymlinkEntry("out.tar", "/etc/passwd")});
           }},
      {.name = "LayerIsALoopOfLinks",
       .category = kUnsafeLink,
       .archive =
           [] {
             return WithLayerAt("a.tar", SmallTar(),
                                {SymlinkEntry("a.tar", "b.tar"),
                                 SymlinkEntry("b.tar", "a.tar")});
           }},
      {.name = "LayerIsALinkToItself",
       .category = kUnsafeLink,
       .archive =
           [] {
             return WithLayerAt("a.tar", SmallTar(),
                                {SymlinkEntry("a.tar", "a.tar")});
           }},
      {.name = "LayerIsTheManifest",
       .category = kManifest,
       .archive = [] { return WithLayerAt("manifest.json", SmallTar(), {}); }},
      {.name = "LayerIsADirectory",
       .category = kManifest,
       .archive = [] { return WithLayerAt("blobs", SmallTar(), {}); }},
      {.name = "LayerIsADevice",
       .category = kManifest,
       .archive =
           [] {
             return WithLayerAt("a.tar", SmallTar(),
                                {DeviceEntry("a.tar", '3', 1, 5)});
           }},
      {.name = "ArchiveEntryClimbsOut",
       .category = kUnsafePath,
       .archive =
           [] {
             ArchiveMembers members = GoodMembers();
             members.push_back(FileEntry("../../escaped", "x"));
             return MakeTar(members);
           }},
      {.name = "LayerOfOtherBytesThanItsName",
       .category = kDigest,
       .archive =
           [hex] {
             const std::string name = "blobs/sha256/" + hex;
             return WithLayerAt(name, SmallTar(),
                                {FileEntry(name, SmallTar())});
           },
       .also_new = true},
      {.name = "LayerOfOtherBytesThanItsDiffId",
       .category = kDigest,
       .archive =
           [] {
             return WithLayerAt("a.tar", "something else",
                                {FileEntry("a.tar", SmallTar())});
           }},
      {.name = "LayerIsALinkNamedByAnotherDigest",
       .category = kDigest,
       .archive =
           [hex] {
             const std::string name = "blobs/sha256/" + hex;
             return WithLayerAt(name, SmallTar(),
                                {FileEntry("a.tar", SmallTar()),
                                 SymlinkEntry(name, "../../a.tar")});
           }},
      {.name = "LayerNamedByAnotherAlgorithm",
       .category = "UNSUPPORTED",
       .archive =
           [hex] {
             const std::string name = "blobs/sha512/" + hex + hex;
             return WithLayerAt(name, SmallTar(),
                                {FileEntry(name, SmallTar())});
           }},
      {.name = "ForeignLayerThatTheArchiveLacks",
       .category = kManifest,
       .archive = NamesLayer("blobs/sha256/" + std::string(64, 'f'))},
  };
}

}  // namespace faas::testing
