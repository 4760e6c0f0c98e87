// OCI layouts whose index.json or descriptors are wrong.

#include "absl/strings/str_cat.h"
#include "testing/image_builder.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {
namespace {

constexpr char kManifest[] = "MANIFEST";
constexpr char kUnsupported[] = "UNSUPPORTED";
constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";

using Change = std::function<void(Json&)>;

HostileCase Index(const std::string& name, const std::string& category,
                  const Change& change) {
  return {.name = name, .category = category, .archive = [change] {
            OciImage image;
            image.change_index = [&](Json& index, ArchiveMembers&) {
              change(index);
            };
            return image.Save();
          }};
}

// Returns a case that changes the descriptor of an extra layer with that
// compression.
HostileCase Layer(const std::string& name, const std::string& category,
                  Compression compression, const Change& change) {
  return {.name = name, .category = category, .archive = [=] {
            OciImage image;
            image.layers = {{MakeTar({FileEntry("a", "1")}), compression}};
            image.change_manifest = [&](Json& manifest) {
              change(manifest["layers"].back());
            };
            return image.Save();
          }};
}

Change MediaType(const std::string& type) {
  return [type](Json& descriptor) { descriptor["mediaType"] = type; };
}

Change Digest(const std::string& digest) {
  return [digest](Json& index) { index["manifests"][0]["digest"] = digest; };
}

// Moves the entries of an index into an index of their own.
void Nest(Json& index, ArchiveMembers& members) {
  const std::string inner = index.dump();
  members.push_back(BlobEntry(inner));
  index["manifests"] = Json::array({DescriptorOf(kIndexType, inner)});
}

std::string NestedIndexes() {
  OciImage image;
  image.change_index = [](Json& index, ArchiveMembers& members) {
    for (int i = 0; i < 10; ++i) Nest(index, members);
  };
  return image.Save();
}

// No index can contain its own digest, but a link could pretend that it does.
std::string IndexCycle() {
  OciImage image;
  image.change_index = [](Json& index, ArchiveMembers& members) {
    const std::string hex(64, 'c');
    members.push_back(SymlinkEntry("blobs/sha256/" + hex, "../../index.json"));
    index["manifests"] =
        Json::array({{{"mediaType", kIndexType}, {"digest", "sha256:" + hex}}});
  };
  return image.Save();
}

std::vector<HostileCase> Indexes() {
  return {
      Index("IndexOfNothing", kManifest,
            [](Json& index) { index["manifests"] = nullptr; }),
      Index("IndexOfNoImage", kManifest,
            [](Json& index) { index["manifests"] = Json::array(); }),
      Index("IndexIsNoObject", kManifest,
            [](Json& index) {
              index = {1, 2};
            }),
      Index("IndexOfNumbers", kManifest,
            [](Json& index) {
              index["manifests"] = {1, 2};
            }),
      Index("DigestIsNone", kManifest, Digest("abc")),
      Index("DigestClimbsOut", kManifest, Digest("sha256:../../../etc/passwd")),
      Index("DigestOfUpperCase", kManifest,
            Digest("sha256:" + std::string(64, 'A'))),
      Index("DigestOfAnotherAlgorithm", kUnsupported,
            Digest("sha512:" + std::string(128, 'a'))),
      Index("DigestOfControlCharacters", kUnsupported,
            Digest("\x1b[2J\n:\x7f\xc2\x9b")),
      Index("BlobOfTheDigestMissing", kManifest,
            Digest("sha256:" + std::string(64, 'a'))),
      Index("OtherPlatform", kUnsupported,
            [](Json& index) {
              index["manifests"][0]["platform"] = {{"os", "linux"},
                                                   {"architecture", "s390x"}};
            }),
      Index("ManyOtherPlatforms", kUnsupported,
            [](Json& index) {
              Json image = index["manifests"][0];
              image["platform"] = {{"os", "\x1b[2J"},
                                   {"architecture", std::string(100, '\x01')}};
              index["manifests"] = Json::array();
              for (int i = 0; i < 5000; ++i) {
                index["manifests"].push_back(image);
              }
            }),
      Index("SizeOfTheManifestWrong", "DIGEST",
            [](Json& index) { index["manifests"][0]["size"] = 5; }),
      Index("SizeNegative", kManifest,
            [](Json& index) { index["manifests"][0]["size"] = -1; }),
      Index("SizeIsNoNumber", kManifest,
            [](Json& index) { index["manifests"][0]["size"] = "1"; }),
      Index("ArtifactThatIsNoImage", kUnsupported,
            [](Json& index) {
              index["manifests"][0]["mediaType"] = "application/wasm";
            }),
      {.name = "IndexesWithoutEnd",
       .category = "LIMIT",
       .archive = NestedIndexes,
       .also_new = true},
      {.name = "IndexOfItself", .category = "DIGEST", .archive = IndexCycle},
  };
}

std::vector<HostileCase> Layers() {
  const std::string gzip = std::string(kLayerType) + "+gzip";
  const std::string zstd = std::string(kLayerType) + "+zstd";
  const std::string docker = "application/vnd.docker.image.rootfs.diff.tar";
  return {
      Layer("PlainLayerSaidToBeZstd", kManifest, Compression::kNone,
            MediaType(zstd)),
      Layer("GzipLayerSaidToBePlain", kManifest, Compression::kGzip,
            MediaType(kLayerType)),
      Layer("GzipLayerSaidToBeZstd", kManifest, Compression::kGzip,
            MediaType(zstd)),
      Layer("ZstdLayerSaidToBePlain", kManifest, Compression::kZstd,
            MediaType(docker)),
      Layer("ZstdLayerSaidToBeGzip", kManifest, Compression::kZstd,
            MediaType(docker + ".gzip")),
      Layer("LayerOfUnknownType", kUnsupported, Compression::kGzip,
            MediaType(gzip + "+encrypted")),
      Layer("LayerOfTypeOfControlCharacters", kUnsupported, Compression::kGzip,
            MediaType("\x1b[2J\nfaas: done")),
      Layer("ForeignLayer", kUnsupported, Compression::kGzip,
            MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar."
                      "gzip")),
      Layer("SizeOfTheLayerWrong", "DIGEST", Compression::kGzip,
            [](Json& layer) { layer["size"] = layer["size"].get<int>() + 1; }),
      Layer("SizeOfTheLayerHuge", "DIGEST", Compression::kNone,
            [](Json& layer) { layer["size"] = ~uint64_t{0}; }),
      {.name = "ForeignLayersOnly",
       .category = kUnsupported,
       .archive =
           [] {
             OciImage image;
             image.change_manifest = [](Json& manifest) {
               for (Json& layer : manifest["layers"]) {
                 layer["mediaType"] =
                     "application/vnd.oci.image.layer.nondistributable.v1.tar";
                 layer["digest"] = "sha256:" + std::string(64, 'e');
               }
             };
             return image.Save();
           }},
      {.name = "LayersAreNoList",
       .category = kManifest,
       .archive =
           [] {
             OciImage image;
             image.change_manifest = [](Json& manifest) {
               manifest["layers"] = "none";
             };
             return image.Save();
           }},
      {.name = "SizeOfTheConfigWrong",
       .category = "DIGEST",
       .archive =
           [] {
             OciImage image;
             image.change_manifest = [](Json& manifest) {
               manifest["config"]["size"] = 1;
             };
             return image.Save();
           }},
  };
}

}  // namespace

std::vector<HostileCase> OciCases() {
  std::vector<HostileCase> cases = Indexes();
  const std::vector<HostileCase> layers = Layers();
  cases.insert(cases.end(), layers.begin(), layers.end());
  return cases;
}

}  // namespace faas::testing
