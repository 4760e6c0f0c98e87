#ifndef FAAS_TESTS_SECURITY_ARCHIVES_H_
#define FAAS_TESTS_SECURITY_ARCHIVES_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"
#include "tests/security/compression.h"

namespace faas::testing {

using Json = nlohmann::ordered_json;

// Archives that are good but for one part. What a hostile one would answer if
// it were taken is "captured"; a legal one answers "legal".

// `docker save` of the victim with `layers` (tars) on top.
std::string HostileImage(const std::vector<std::string>& layers);
// The same with one layer, of `entries` or of `raw` and an end mark.
std::string HostileLayer(const std::vector<TarEntry>& entries);
std::string HostileRawLayer(absl::string_view raw);
// Several layers of entries.
std::string HostileLayers(const std::vector<std::vector<TarEntry>>& layers);

// The same for legal ones.
std::string LegalImage(const std::vector<std::string>& layers,
                       Layout layout = Layout::kDocker25);
std::string LegalLayers(const std::vector<std::vector<TarEntry>>& layers);

// A good archive, to be damaged.
std::string GoodArchive();
ArchiveMembers GoodMembers(Layout layout = Layout::kDocker25);
// Its members, and then `raw` without an end mark.
std::string GoodMembersAnd(absl::string_view raw);

// The member of that path; aborts if there is none.
TarEntry& Member(ArchiveMembers& members, absl::string_view path);

// The archive whose manifest.json is `text`; what `change` makes of it.
std::string WithManifest(absl::string_view text);
std::string WithChangedManifest(const std::function<void(Json&)>& change);
// The archive with another configuration, named by its digest.
std::string WithConfig(absl::string_view text);
std::string WithChangedConfig(const std::function<void(Json&)>& change);

// One image of an OCI layout without manifest.json, each part of which can be
// changed before the next names it.
struct OciImage {
  // Tars, and how each is compressed; the victim's layer is below them.
  std::vector<std::pair<std::string, Compression>> layers;
  std::function<void(Json&)> change_config;
  std::function<void(Json&)> change_manifest;
  // Of index.json; may add blobs.
  std::function<void(Json&, ArchiveMembers&)> change_index;
  std::string says = "captured";

  std::string Save() const;
};

// The same bytes for the same size.
std::string RandomBytes(size_t size);

// The descriptor of a blob with that content.
Json DescriptorOf(absl::string_view media_type, absl::string_view data);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_ARCHIVES_H_
