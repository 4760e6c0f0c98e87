#include "image/testing/image_builder.h"

#include <zlib.h>
#include <zstd.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "image/stream/digest.h"

namespace faas::image::testing {
namespace {

using nlohmann::json;

std::string Pack(const TestImage& image, const std::string& layer) {
  return image.compress == nullptr ? layer : image.compress(layer);
}

std::string LayerType(const TestImage& image) {
  if (image.compress == &Gzip) return "layer.v1.tar+gzip";
  if (image.compress == &Zstd) return "layer.v1.tar+zstd";
  return "layer.v1.tar";
}

json ManifestOf(const TestImage& image, const std::string& config,
                const std::vector<std::string>& layers) {
  return json::array(
      {{{"Config", config}, {"RepoTags", {image.tag}}, {"Layers", layers}}});
}

}  // namespace

std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
               Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = bytes.size();
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = out.size();
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(absl::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(),
                           /*compressionLevel=*/3));
  return out;
}

std::string DigestOf(absl::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return DigestText(hash.Current());
}

std::string HexOf(absl::string_view bytes) {
  return std::string(absl::StripPrefix(DigestOf(bytes), "sha256:"));
}

std::string ConfigDocument(const TestImage& image) {
  std::vector<std::string> diff_ids;
  for (const std::string& layer : image.layers) {
    diff_ids.push_back(DigestOf(layer));
  }
  return json({{"architecture", "amd64"},
               {"os", image.os},
               {"config", image.config},
               {"rootfs",
                {{"type", "layers"},
                 {"diff_ids", image.diff_ids.value_or(diff_ids)}}}})
      .dump();
}

std::string Docker20Archive(const TestImage& image) {
  TarBuilder tar;
  std::map<std::string, std::string> seen;
  std::vector<std::string> names;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const std::string packed = Pack(image, image.layers[i]);
    const std::string id = HexOf(absl::StrCat(i, packed));
    names.push_back(id + "/layer.tar");
    tar.Dir(id + "/").File(id + "/VERSION", "1.0").File(id + "/json", "{}");
    const auto [it, is_new] = seen.emplace(packed, names.back());
    if (is_new) {
      tar.File(names.back(), packed);
    } else {
      tar.Symlink(names.back(), "../" + it->second);
    }
  }
  const std::string config = ConfigDocument(image);
  const std::string config_name = HexOf(config) + ".json";
  tar.File(config_name, config);
  tar.File("manifest.json", ManifestOf(image, config_name, names).dump());
  tar.File("repositories", "{}");
  return tar.Finish();
}

std::string Docker25Archive(const TestImage& image) {
  TarBuilder tar;
  std::vector<std::string> names;
  tar.Dir("blobs/").Dir("blobs/sha256/");
  for (const std::string& layer : image.layers) {
    const std::string packed = Pack(image, layer);
    names.push_back("blobs/sha256/" + HexOf(packed));
    tar.File(names.back(), packed);
  }
  const std::string config = ConfigDocument(image);
  const std::string config_name = "blobs/sha256/" + HexOf(config);
  tar.File(config_name, config);
  tar.File("index.json", R"({"schemaVersion":2,"manifests":[]})");
  tar.File("manifest.json", ManifestOf(image, config_name, names).dump());
  tar.File("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  return tar.Finish();
}

std::string OciArchive(const TestImage& image,
                       const ChangeDocument& change_index,
                       const ChangeDocument& change_manifest) {
  TarBuilder tar;
  const auto add = [&](const std::string& type, const std::string& blob) {
    tar.File("blobs/sha256/" + HexOf(blob), blob);
    return json({{"mediaType", "application/vnd.oci.image." + type},
                 {"digest", DigestOf(blob)},
                 {"size", blob.size()}});
  };
  json layers = json::array();
  for (const std::string& layer : image.layers) {
    layers.push_back(add(LayerType(image), Pack(image, layer)));
  }
  const json config = add("config.v1+json", ConfigDocument(image));
  json manifest = {
      {"schemaVersion", 2}, {"config", config}, {"layers", layers}};
  if (change_manifest) change_manifest(manifest, tar);
  json named = add("manifest.v1+json", manifest.dump());
  named["annotations"] = {{"org.opencontainers.image.ref.name", image.tag}};
  json index = {{"schemaVersion", 2}, {"manifests", {named}}};
  if (change_index) change_index(index, tar);
  tar.File("index.json", index.dump());
  tar.File("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  return tar.Finish();
}

}  // namespace faas::image::testing
