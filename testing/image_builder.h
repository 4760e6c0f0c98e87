#ifndef FAAS_TESTING_IMAGE_BUILDER_H_
#define FAAS_TESTING_IMAGE_BUILDER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "testing/tar_writer.h"

namespace faas::testing {

struct Blob;

// The program that wrote the archive. It decides the order of the archive's
// members and the form of its JSON.
enum class Layout {
  // Docker up to 24: "<id>/layer.tar", a layer that occurs twice as a symlink
  // to the first, and a config with every field, where empty ones are null.
  kDocker20,
  // Docker 25 and later: an OCI layout with manifest.json. Blobs come first;
  // nothing names two of the blobs of each image (legacy image JSON).
  kDocker25,
  // The same by Docker's containerd image store: layers are compressed with
  // gzip.
  kContainerd,
  // `skopeo copy` to oci-archive: an OCI layout without manifest.json.
  kOci,
};

// ImageSettings are the fields of an image's config: what its containers run.
struct ImageSettings {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::vector<std::string> env = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  std::string working_dir;
  std::string user;
  std::string stop_signal;
  std::map<std::string, std::string> labels;
  std::string architecture = "amd64";
  std::string os = "linux";
};

// The files of an archive, for tests that leave one out or change one.
using ArchiveMembers = std::vector<TarEntry>;

// Compresses a layer; see compress.h.
using Compressor = std::function<std::string(absl::string_view)>;

// Changes a document of the image before it is written. Documents and blobs
// that name it do so by its new digest.
using ChangeJson = std::function<void(nlohmann::ordered_json&)>;

// The same for index.json. It may add blobs to the archive.
using ChangeIndexJson =
    std::function<void(nlohmann::ordered_json& index, ArchiveMembers& blobs)>;

// An ImageBuilder makes image archives with right digests and diff IDs, except
// where a test changes a part. It follows Docker's own exporter, and shares
// nothing with our reader, whose tests it serves. The same input gives the same
// bytes.
//
//   std::string archive = ImageBuilder()
//       .AddLayer(MakeTar({FileEntry("hello", binary, 0755)}))
//       .SetSettings({.cmd = {"/hello"}})
//       .Save(Layout::kDocker25);
class ImageBuilder {
 public:
  // Adds a layer on top of those before. `tar` is not compressed. In the
  // archive the layer is compressed by `compress` if it is given, else by the
  // function of SetCompressor, else as the layout does it.
  ImageBuilder& AddLayer(std::string tar, Compressor compress = nullptr);
  // Replaces the tar of a layer; 0 is the lowest. Its compressor stays.
  ImageBuilder& SetLayer(size_t layer, std::string tar);
  // Compresses all layers that were added without a compressor of their own.
  ImageBuilder& SetCompressor(Compressor compress);
  ImageBuilder& SetSettings(ImageSettings settings);
  // Adds "name:tag". May be called more than once, or never.
  ImageBuilder& AddTag(absl::string_view tag);

  // These have a part of the archive changed: the image's config, the OCI
  // manifest, and index.json. Docker 20's archives have only a config.
  ImageBuilder& ChangeConfig(ChangeJson change);
  ImageBuilder& ChangeManifest(ChangeJson change);
  ImageBuilder& ChangeIndex(ChangeIndexJson change);

  // Returns the whole archive.
  std::string Save(Layout layout) const;

  // Returns the archive's members in order.
  ArchiveMembers Members(Layout layout) const;

  size_t layer_count() const { return layers_.size(); }

  // Returns the uncompressed tar of a layer. 0 is the lowest.
  const std::string& layer(size_t layer) const { return layers_[layer].tar; }

  // Returns the digests of the layers' tars, from the bottom up.
  std::vector<std::string> DiffIds() const;

  // Returns the image's config. It depends on the layout, whose JSON differs.
  std::string Config(Layout layout) const;

  // Returns the digest of the config, which is the image's id.
  std::string ImageId(Layout layout) const;

 private:
  struct Layer {
    std::string tar;
    Compressor compress;
  };

  std::string Packed(const Layer& layer, Layout layout) const;
  ArchiveMembers Docker20Members() const;
  ArchiveMembers OciMembers(Layout layout) const;
  std::string Index(const Blob& manifest, Layout layout,
                    ArchiveMembers* members) const;

  std::vector<Layer> layers_;
  Compressor compress_;
  ImageSettings settings_;
  std::vector<std::string> tags_;
  ChangeJson change_config_;
  ChangeJson change_manifest_;
  ChangeIndexJson change_index_;
};

// Returns the SHA-256 of `data` as 64 hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

// Returns "sha256:" and those digits.
std::string DigestOf(absl::string_view data);

// Returns the member "blobs/sha256/<digits>" of an OCI layout.
TarEntry BlobEntry(absl::string_view data);

}  // namespace faas::testing

#endif  // FAAS_TESTING_IMAGE_BUILDER_H_
