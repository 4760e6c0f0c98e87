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

// Archives that are good but for one part. If a hostile archive were taken, its
// function would answer "captured". The function of a legal one answers
// "legal".

// Returns `docker save` of the victim with `layers` (tars) on top.
std::string HostileImage(const std::vector<std::string>& layers);
// Does the same with one layer, of `entries` or of `raw` and an end mark.
std::string HostileLayer(const std::vector<TarEntry>& entries);
std::string HostileRawLayer(absl::string_view raw);
// Does the same with several layers of entries.
std::string HostileLayers(const std::vector<std::vector<TarEntry>>& layers);

// Does the same for legal archives.
std::string LegalImage(const std::vector<std::string>& layers,
                       Layout layout = Layout::kDocker25);
std::string LegalLayers(const std::vector<std::vector<TarEntry>>& layers);

// Returns a good archive, which a case then damages.
std::string GoodArchive();
ArchiveMembers GoodMembers(Layout layout = Layout::kDocker25);
// Returns the members of the good archive and then `raw`, without an end mark.
std::string GoodMembersAnd(absl::string_view raw);

// Returns the member of that path, and aborts if there is none.
TarEntry& Member(ArchiveMembers& members, absl::string_view path);

// Returns the archive with `text` as its manifest.json, or with what `change`
// makes of it.
std::string WithManifest(absl::string_view text);
std::string WithChangedManifest(const std::function<void(Json&)>& change);
// Returns the archive with another configuration, which is named by its digest.
std::string WithConfig(absl::string_view text);
std::string WithChangedConfig(const std::function<void(Json&)>& change);

// An OciImage is one image of an OCI layout without manifest.json. Each part
// can be changed before the next one names it.
struct OciImage {
  // Tars, and how each is compressed. The victim's layer is below them.
  std::vector<std::pair<std::string, Compression>> layers;
  std::function<void(Json&)> change_config;
  std::function<void(Json&)> change_manifest;
  // Changes index.json, and may add blobs.
  std::function<void(Json&, ArchiveMembers&)> change_index;
  std::string says = "captured";

  std::string Save() const;
};

// Returns the same bytes for the same size.
std::string RandomBytes(size_t size);

// Returns the descriptor of a blob with that content.
Json DescriptorOf(absl::string_view media_type, absl::string_view data);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_ARCHIVES_H_
