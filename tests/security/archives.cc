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
  members.push_back(BlobEntry(text));
  manifest[0]["Config"] = members.back().path;
  entry.data = manifest.dump();
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

Json DescriptorOf(absl::string_view media_type, absl::string_view data) {
  return {{"mediaType", std::string(media_type)},
          {"digest", DigestOf(data)},
          {"size", data.size()}};
}

std::string OciImage::Save() const {
  ImageSettings settings;
  settings.cmd = {"/victim", "say", says};
  ImageBuilder image;
  image.AddLayer(VictimLayer()).SetSettings(settings);
  for (const auto& [tar, compression] : layers) {
    image.AddLayer(tar, [how = compression](absl::string_view data) {
      return Compress(how, data);
    });
  }
  return image.ChangeConfig(change_config)
      .ChangeManifest(change_manifest)
      .ChangeIndex(change_index)
      .Save(Layout::kOci);
}

}  // namespace faas::testing
