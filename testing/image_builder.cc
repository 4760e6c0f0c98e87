#include "testing/image_builder.h"

#include <openssl/sha.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "testing/image_json.h"

namespace faas::testing {
namespace {

constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";

// Both writers pack a directory they have filled, in order of path.
void SortByPath(ArchiveMembers* members) {
  std::sort(
      members->begin(), members->end(),
      [](const TarEntry& a, const TarEntry& b) { return a.path < b.path; });
}

std::string Gzip(const std::string& data) {
  constexpr int kGzipHeader = 16 + MAX_WBITS;
  z_stream stream = {};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipHeader,
                   MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
    abort();
  }
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = data.size();
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = out.size();
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) abort();
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string BlobPath(const std::string& hex) {
  return absl::StrCat("blobs/sha256/", hex);
}

// Collects blobs by content: the same bytes are one member.
class BlobStore {
 public:
  Blob Add(const char* media_type, std::string data) {
    Blob blob{media_type, Sha256Hex(data), data.size()};
    members_.emplace(blob.hex, FileEntry(BlobPath(blob.hex), data));
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

ImageBuilder& ImageBuilder::AddLayer(std::string tar) {
  layers_.push_back(std::move(tar));
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

std::vector<std::string> ImageBuilder::DiffIds() const {
  std::vector<std::string> diff_ids;
  for (const std::string& layer : layers_) {
    diff_ids.push_back(absl::StrCat("sha256:", Sha256Hex(layer)));
  }
  return diff_ids;
}

std::string ImageBuilder::Config(Layout layout) const {
  return layout == Layout::kDocker20 ? ClassicConfigJson(settings_, DiffIds())
                                     : BuildKitConfigJson(settings_, DiffIds());
}

std::string ImageBuilder::ImageId(Layout layout) const {
  return absl::StrCat("sha256:", Sha256Hex(Config(layout)));
}

ArchiveMembers ImageBuilder::Members(Layout layout) const {
  return layout == Layout::kDocker20 ? DockerMembers() : OciMembers(layout);
}

std::string ImageBuilder::Save(Layout layout) const {
  return MakeTar(Members(layout));
}

ArchiveMembers ImageBuilder::DockerMembers() const {
  ArchiveMembers members;
  std::vector<std::string> paths;
  std::map<std::string, std::string> first_path;
  std::string parent;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string hex = Sha256Hex(layers_[i]);
    const std::string id = Sha256Hex(absl::StrCat(parent, " ", hex));
    const bool top = i + 1 == layers_.size();
    const std::string path = absl::StrCat(id, "/layer.tar");
    members.push_back(DirectoryEntry(absl::StrCat(id, "/")));
    members.push_back(FileEntry(absl::StrCat(id, "/VERSION"), "1.0"));
    members.push_back(
        FileEntry(absl::StrCat(id, "/json"),
                  LegacyImageJson(id, parent, top ? &settings_ : nullptr)));
    const auto [first, is_new] = first_path.emplace(hex, path);
    members.push_back(is_new ? FileEntry(path, layers_[i])
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
    const bool gzip = layout == Layout::kContainerd;
    const std::string type = absl::StrCat(kLayerType, gzip ? "+gzip" : "");
    layers.push_back(
        store.Add(type.c_str(), gzip ? Gzip(layers_[i]) : layers_[i]));
    paths.push_back(BlobPath(layers.back().hex));
    if (gzip) continue;
    const std::string id = Sha256Hex(absl::StrCat(parent, " ", paths.back()));
    const bool top = i + 1 == layers_.size();
    store.Add("", LegacyImageJson(id, parent, top ? &settings_ : nullptr));
    parent = id;
  }
  const Blob config = store.Add(kConfigType, Config(layout));
  const Blob manifest =
      store.Add(kManifestType, OciManifestJson(config, layers));

  ArchiveMembers members = store.Members();
  members.push_back(
      FileEntry("index.json", OciIndexJson(manifest, tags_, settings_)));
  members.push_back(FileEntry(
      "manifest.json",
      ManifestJson(
          BlobPath(config.hex), tags_, paths, DiffIds(),
          layout == Layout::kDocker25 ? layers : std::vector<Blob>())));
  members.push_back(
      FileEntry("oci-layout", R"({"imageLayoutVersion": "1.0.0"})"));
  if (!tags_.empty() && layout == Layout::kDocker25) {
    members.push_back(FileEntry(
        "repositories",
        RepositoriesJson(tags_, layers.empty() ? "" : layers.back().hex)));
  }
  return members;
}

}  // namespace faas::testing
