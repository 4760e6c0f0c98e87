#ifndef FAAS_TESTING_IMAGE_BUILDER_H_
#define FAAS_TESTING_IMAGE_BUILDER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "testing/tar_writer.h"

namespace faas::testing {

// Who wrote the archive: the order of its members and the form of its JSON.
enum class Layout {
  // Docker up to 24: "<id>/layer.tar", a layer that occurs twice as a symlink
  // to the first, and a config with every field, empty ones as null.
  kDocker20,
  // Docker 25 and later: an OCI layout with manifest.json. Blobs come first;
  // two of them per image (legacy image JSON) are named by nothing.
  kDocker25,
  // The same by Docker's containerd image store: layers are gzipped.
  kContainerd,
};

// What a container of the image runs; the fields of the image's config.
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

// A file of an archive, for tests that leave one out or change one.
using ArchiveMembers = std::vector<TarEntry>;

// Builds what `docker save` writes, with right digests and diff IDs. Written
// from Docker's own exporter and not from our reader: it is the other side of
// the test. The same input gives the same bytes.
//
//   std::string archive = ImageBuilder()
//       .AddLayer(MakeTar({FileEntry("hello", binary, 0755)}))
//       .SetSettings({.cmd = {"/hello"}})
//       .Save(Layout::kDocker25);
class ImageBuilder {
 public:
  // On top of those before. `tar` is not compressed.
  ImageBuilder& AddLayer(std::string tar);
  ImageBuilder& SetSettings(ImageSettings settings);
  // "name:tag"; may be called more than once, or never.
  ImageBuilder& AddTag(absl::string_view tag);

  // The whole archive.
  std::string Save(Layout layout) const;

  // The archive's members in order.
  ArchiveMembers Members(Layout layout) const;

  // "sha256:" and 64 hexadecimal digits, from the bottom up.
  std::vector<std::string> DiffIds() const;

  // The digest of the config, which is the image's id; depends on the layout,
  // whose JSON differs.
  std::string ImageId(Layout layout) const;

 private:
  std::string Config(Layout layout) const;
  ArchiveMembers DockerMembers() const;
  ArchiveMembers OciMembers(Layout layout) const;

  std::vector<std::string> layers_;
  ImageSettings settings_;
  std::vector<std::string> tags_;
};

// 64 hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

}  // namespace faas::testing

#endif  // FAAS_TESTING_IMAGE_BUILDER_H_
