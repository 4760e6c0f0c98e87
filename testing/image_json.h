#ifndef FAAS_TESTING_IMAGE_JSON_H_
#define FAAS_TESTING_IMAGE_JSON_H_

#include <string>
#include <vector>

#include "testing/image_builder.h"

namespace faas::testing {

// The JSON documents of an image archive, field by field as the respective
// writer orders them. Pure functions.

// One of the "Layers" of an image, as an OCI descriptor describes it.
struct Blob {
  std::string media_type;
  std::string hex;
  size_t size = 0;
};

// The image config of Docker's classic builder: all fields, null where empty.
std::string ClassicConfigJson(const ImageSettings& settings,
                              const std::vector<std::string>& diff_ids);

// The image config of BuildKit: empty fields are left out.
std::string BuildKitConfigJson(const ImageSettings& settings,
                               const std::vector<std::string>& diff_ids);

// The JSON from before Docker 1.10, one for each layer; `id` and `parent` are
// hexadecimal digits, `parent` may be empty. The top one carries settings.
std::string LegacyImageJson(const std::string& id, const std::string& parent,
                            const ImageSettings* settings);

// manifest.json. `sources` is empty for Docker 20.
std::string ManifestJson(const std::string& config_path,
                         const std::vector<std::string>& tags,
                         const std::vector<std::string>& layer_paths,
                         const std::vector<std::string>& diff_ids,
                         const std::vector<Blob>& sources);

// "repositories": {"name":{"tag":"<top>"}}.
std::string RepositoriesJson(const std::vector<std::string>& tags,
                             const std::string& top);

// The OCI manifest of one image.
std::string OciManifestJson(const Blob& config,
                            const std::vector<Blob>& layers);

// index.json, which names `manifest` once for each tag.
std::string OciIndexJson(const Blob& manifest,
                         const std::vector<std::string>& tags,
                         const ImageSettings& settings);

// The same by skopeo, whose annotation is the whole "name:tag".
std::string SkopeoIndexJson(const Blob& manifest,
                            const std::vector<std::string>& tags);

}  // namespace faas::testing

#endif  // FAAS_TESTING_IMAGE_JSON_H_
