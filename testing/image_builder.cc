#include "testing/image_builder.h"

#include <openssl/sha.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "testing/compress.h"
#include "testing/image_json.h"

namespace faas::testing {
namespace {

constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";

// Docker and skopeo pack a directory that they have filled, in order of path.
void SortByPath(ArchiveMembers* members) {
  std::sort(
      members->begin(), members->end(),
      [](const TarEntry& a, const TarEntry& b) { return a.path < b.path; });
}

// Returns the media type of a layer, which says how `blob` is compressed.
std::string LayerType(absl::string_view blob) {
  if (absl::StartsWith(blob, "\x1f\x8b"))
    return absl::StrCat(kLayerType, "+gzip");
  if (absl::StartsWith(blob, "\x28\xb5\x2f\xfd"))
    return absl::StrCat(kLayerType, "+zstd");
  return kLayerType;
}

std::string Changed(std::string text, const ChangeJson& change) {
  if (!change) return text;
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(text);
  change(document);
  return document.dump();
}

std::string BlobPath(const std::string& hex) {
  return absl::StrCat("blobs/sha256/", hex);
}

// A BlobStore collects blobs by content: blobs with the same bytes are one
// member.
class BlobStore {
 public:
  Blob Add(const std::string& media_type, const std::string& data) {
    Blob blob{media_type, Sha256Hex(data), data.size()};
    members_.emplace(blob.hex, BlobEntry(data));
    return blob;
  }

  ArchiveMembers Members() const {
    ArchiveMembers members = {DirectoryEntry("blobs/"),
                              DirectoryEntry("blobs/sha256/")};
    for (const auto& [hex, member] : members_) members.push_back(member);
    return members;
  }

 private:
  std::map<std::string, TarEntry> members_;
};

}  // namespace

std::string Sha256Hex(absl::string_view data) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

std::string DigestOf(absl::string_view data) {
  return absl::StrCat("sha256:", Sha256Hex(data));
}

TarEntry BlobEntry(absl::string_view data) {
  return FileEntry(BlobPath(Sha256Hex(data)), data);
}

ImageBuilder& ImageBuilder::AddLayer(std::string tar, Compressor compress) {
  layers_.push_back({std::move(tar), std::move(compress)});
  return *this;
}

ImageBuilder& ImageBuilder::SetLayer(size_t layer, std::string tar) {
  layers_[layer].tar = std::move(tar);
  return *this;
}

ImageBuilder& ImageBuilder::SetCompressor(Compressor compress) {
  compress_ = std::move(compress);
  return *this;
}

ImageBuilder& ImageBuilder::SetSettings(ImageSettings settings) {
  settings_ = std::move(settings);
  return *this;
}

ImageBuilder& ImageBuilder::AddTag(absl::string_view tag) {
  tags_.emplace_back(tag);
  return *this;
}

ImageBuilder& ImageBuilder::ChangeConfig(ChangeJson change) {
  change_config_ = std::move(change);
  return *this;
}

ImageBuilder& ImageBuilder::ChangeManifest(ChangeJson change) {
  change_manifest_ = std::move(change);
  return *this;
}

ImageBuilder& ImageBuilder::ChangeIndex(ChangeIndexJson change) {
  change_index_ = std::move(change);
  return *this;
}

std::vector<std::string> ImageBuilder::DiffIds() const {
  std::vector<std::string> diff_ids;
  for (const Layer& layer : layers_) diff_ids.push_back(DigestOf(layer.tar));
  return diff_ids;
}

std::string ImageBuilder::Config(Layout layout) const {
  return Changed(layout == Layout::kDocker20
                     ? ClassicConfigJson(settings_, DiffIds())
                     : BuildKitConfigJson(settings_, DiffIds()),
                 change_config_);
}

std::string ImageBuilder::ImageId(Layout layout) const {
  return DigestOf(Config(layout));
}

std::string ImageBuilder::Packed(const Layer& layer, Layout layout) const {
  if (layer.compress) return layer.compress(layer.tar);
  if (compress_) return compress_(layer.tar);
  return layout == Layout::kContainerd ? Gzip(layer.tar) : layer.tar;
}

ArchiveMembers ImageBuilder::Members(Layout layout) const {
  return layout == Layout::kDocker20 ? Docker20Members() : OciMembers(layout);
}

std::string ImageBuilder::Save(Layout layout) const {
  return MakeTar(Members(layout));
}

ArchiveMembers ImageBuilder::Docker20Members() const {
  ArchiveMembers members;
  std::vector<std::string> paths;
  std::map<std::string, std::string> first_path;
  std::string parent;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string blob = Packed(layers_[i], Layout::kDocker20);
    const std::string hex = Sha256Hex(blob);
    const std::string id = Sha256Hex(absl::StrCat(parent, " ", hex));
    const bool top = i + 1 == layers_.size();
    const std::string path = absl::StrCat(id, "/layer.tar");
    members.push_back(DirectoryEntry(absl::StrCat(id, "/")));
    members.push_back(FileEntry(absl::StrCat(id, "/VERSION"), "1.0"));
    members.push_back(
        FileEntry(absl::StrCat(id, "/json"),
                  LegacyImageJson(id, parent, top ? &settings_ : nullptr)));
    const auto [first, is_new] = first_path.emplace(hex, path);
    members.push_back(is_new ? FileEntry(path, blob)
                             : SymlinkEntry(path, "../" + first->second));
    paths.push_back(path);
    parent = id;
  }
  const std::string config = Config(Layout::kDocker20);
  const std::string config_path = Sha256Hex(config) + ".json";
  members.push_back(FileEntry(config_path, config));
  members.push_back(FileEntry("manifest.json",
                              ManifestJson(config_path, tags_, paths, {}, {})));
  if (!tags_.empty()) {
    members.push_back(
        FileEntry("repositories", RepositoriesJson(tags_, parent)));
  }
  SortByPath(&members);
  return members;
}

ArchiveMembers ImageBuilder::OciMembers(Layout layout) const {
  BlobStore store;
  std::vector<Blob> layers;
  std::vector<std::string> paths;
  std::string parent;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string blob = Packed(layers_[i], layout);
    layers.push_back(store.Add(LayerType(blob), blob));
    paths.push_back(BlobPath(layers.back().hex));
    if (layout != Layout::kDocker25) continue;
    const std::string id = Sha256Hex(absl::StrCat(parent, " ", paths.back()));
    const bool top = i + 1 == layers_.size();
    store.Add("", LegacyImageJson(id, parent, top ? &settings_ : nullptr));
    parent = id;
  }
  const Blob config = store.Add(kConfigType, Config(layout));
  const Blob manifest =
      store.Add(kManifestType,
                Changed(OciManifestJson(config, layers), change_manifest_));

  ArchiveMembers members = store.Members();
  const std::string index = Index(manifest, layout, &members);
  members.push_back(FileEntry("index.json", index));
  if (layout != Layout::kOci) {
    members.push_back(FileEntry(
        "manifest.json",
        ManifestJson(
            BlobPath(config.hex), tags_, paths, DiffIds(),
            layout == Layout::kDocker25 ? layers : std::vector<Blob>())));
  }
  members.push_back(
      FileEntry("oci-layout", R"({"imageLayoutVersion": "1.0.0"})"));
  if (!tags_.empty() && layout == Layout::kDocker25) {
    members.push_back(FileEntry(
        "repositories",
        RepositoriesJson(tags_, layers.empty() ? "" : layers.back().hex)));
  }
  return members;
}

std::string ImageBuilder::Index(const Blob& manifest, Layout layout,
                                ArchiveMembers* members) const {
  const std::string index = layout == Layout::kOci
                                ? SkopeoIndexJson(manifest, tags_)
                                : OciIndexJson(manifest, tags_, settings_);
  if (!change_index_) return index;
  return Changed(index, [&](nlohmann::ordered_json& document) {
    change_index_(document, *members);
  });
}

}  // namespace faas::testing
