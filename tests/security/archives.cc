#include "tests/security/archives.h"

#include <cstdio>
#include <cstdlib>
#include <random>

#include "absl/strings/str_cat.h"
#include "testing/victim_image.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

std::string Save(const std::string& says,
                 const std::vector<std::string>& layers, Layout layout) {
  ImageBuilder image = VictimImage({"say", says});
  for (const std::string& layer : layers) image.AddLayer(layer);
  return image.Save(layout);
}

std::vector<std::string> Tars(
    const std::vector<std::vector<TarEntry>>& layers) {
  std::vector<std::string> tars;
  for (const auto& entries : layers) tars.push_back(MakeTar(entries));
  return tars;
}

std::string LayerType(Compression compression) {
  const std::string plain = "application/vnd.oci.image.layer.v1.tar";
  switch (compression) {
    case Compression::kGzip:
      return plain + "+gzip";
    case Compression::kZstd:
      return plain + "+zstd";
    case Compression::kNone:
      return plain;
  }
  std::abort();
}

std::string BlobPath(absl::string_view data) {
  return absl::StrCat("blobs/sha256/", Sha256Hex(data));
}

}  // namespace

std::string HostileImage(const std::vector<std::string>& layers) {
  return Save("captured", layers, Layout::kDocker25);
}

std::string HostileLayer(const std::vector<TarEntry>& entries) {
  return HostileImage({MakeTar(entries)});
}

std::string HostileRawLayer(absl::string_view raw) {
  return HostileImage({absl::StrCat(raw, EndMark())});
}

std::string HostileLayers(const std::vector<std::vector<TarEntry>>& layers) {
  return HostileImage(Tars(layers));
}

std::string LegalImage(const std::vector<std::string>& layers, Layout layout) {
  return Save("legal", layers, layout);
}

std::string LegalLayers(const std::vector<std::vector<TarEntry>>& layers) {
  return LegalImage(Tars(layers));
}

ArchiveMembers GoodMembers(Layout layout) {
  return VictimImage({"say", "captured"}).Members(layout);
}

std::string GoodArchive() { return MakeTar(GoodMembers()); }

std::string GoodMembersAnd(absl::string_view raw) {
  std::string archive = GoodArchive();
  archive.resize(archive.size() - EndMark().size());
  return absl::StrCat(archive, raw);
}

TarEntry& Member(ArchiveMembers& members, absl::string_view path) {
  for (TarEntry& member : members) {
    if (member.path == path) return member;
  }
  std::fprintf(stderr, "no member %s\n", std::string(path).c_str());
  std::abort();
}

std::string WithManifest(absl::string_view text) {
  ArchiveMembers members = GoodMembers();
  Member(members, "manifest.json").data = std::string(text);
  return MakeTar(members);
}

std::string WithChangedManifest(const std::function<void(Json&)>& change) {
  ArchiveMembers members = GoodMembers();
  Json manifest = Json::parse(Member(members, "manifest.json").data);
  change(manifest);
  return WithManifest(manifest.dump());
}

std::string WithConfig(absl::string_view text) {
  ArchiveMembers members = GoodMembers();
  TarEntry& entry = Member(members, "manifest.json");
  Json manifest = Json::parse(entry.data);
  manifest[0]["Config"] = BlobPath(text);
  entry.data = manifest.dump();
  members.push_back(BlobEntry(text));
  return MakeTar(members);
}

std::string WithChangedConfig(const std::function<void(Json&)>& change) {
  ArchiveMembers members = GoodMembers();
  const Json manifest = Json::parse(Member(members, "manifest.json").data);
  Json config = Json::parse(
      Member(members, manifest[0]["Config"].get<std::string>()).data);
  change(config);
  return WithConfig(config.dump());
}

std::string RandomBytes(size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TarEntry BlobEntry(absl::string_view data) {
  return FileEntry(BlobPath(data), data);
}

Json DescriptorOf(absl::string_view media_type, absl::string_view data) {
  return {{"mediaType", std::string(media_type)},
          {"digest", absl::StrCat("sha256:", Sha256Hex(data))},
          {"size", data.size()}};
}

std::string OciImage::Save() const {
  ArchiveMembers members;
  Json descriptors = Json::array();
  Json diff_ids = Json::array();
  auto all = layers;
  all.insert(all.begin(), {VictimLayer(), Compression::kNone});
  for (const auto& [tar, compression] : all) {
    const std::string blob = Compress(compression, tar);
    members.push_back(BlobEntry(blob));
    descriptors.push_back(DescriptorOf(LayerType(compression), blob));
    diff_ids.push_back(absl::StrCat("sha256:", Sha256Hex(tar)));
  }
  Json config = {{"architecture", "amd64"},
                 {"os", "linux"},
                 {"config", {{"Cmd", {"/victim", "say", says}}}},
                 {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
  if (change_config) change_config(config);
  members.push_back(BlobEntry(config.dump()));
  Json manifest = {
      {"schemaVersion", 2},
      {"config",
       DescriptorOf("application/vnd.oci.image.config.v1+json", config.dump())},
      {"layers", descriptors}};
  if (change_manifest) change_manifest(manifest);
  members.push_back(BlobEntry(manifest.dump()));
  Json index = {
      {"schemaVersion", 2},
      {"manifests",
       Json::array({DescriptorOf("application/vnd.oci.image.manifest.v1+json",
                                 manifest.dump())})}};
  if (change_index) change_index(index, members);
  members.push_back(FileEntry("index.json", index.dump()));
  members.push_back(
      FileEntry("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
  return MakeTar(members);
}

}  // namespace faas::testing
