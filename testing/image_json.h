#ifndef FAAS_TESTING_IMAGE_JSON_H_
#define FAAS_TESTING_IMAGE_JSON_H_

#include <string>
#include <vector>

#include "testing/image_builder.h"

namespace faas::testing {

// These functions make the JSON documents of an image archive, with the fields
// in the order of the program that writes them. They are pure.

// A Blob is a blob as an OCI descriptor describes it.
struct Blob {
  std::string media_type;
  std::string hex;
  size_t size = 0;
};

// Returns the image config of Docker's classic builder, which has all fields;
// empty ones are null.
std::string ClassicConfigJson(const ImageSettings& settings,
                              const std::vector<std::string>& diff_ids);

// Returns the image config of BuildKit, which leaves empty fields out.
std::string BuildKitConfigJson(const ImageSettings& settings,
                               const std::vector<std::string>& diff_ids);

// Returns the JSON from before Docker 1.10, of which there is one for each
// layer. `id` and `parent` are hexadecimal digits; `parent` may be empty. The
// document of the top layer has the settings.
std::string LegacyImageJson(const std::string& id, const std::string& parent,
                            const ImageSettings* settings);

// Returns manifest.json. `sources` is empty for Docker 20.
std::string ManifestJson(const std::string& config_path,
                         const std::vector<std::string>& tags,
                         const std::vector<std::string>& layer_paths,
                         const std::vector<std::string>& diff_ids,
                         const std::vector<Blob>& sources);

// Returns the file "repositories": {"name":{"tag":"<top>"}}.
std::string RepositoriesJson(const std::vector<std::string>& tags,
                             const std::string& top);

// Returns the OCI manifest of one image.
std::string OciManifestJson(const Blob& config,
                            const std::vector<Blob>& layers);

// Returns index.json, which names `manifest` once for each tag.
std::string OciIndexJson(const Blob& manifest,
                         const std::vector<std::string>& tags,
                         const ImageSettings& settings);

// Returns index.json as skopeo writes it: the annotation is the whole
// "name:tag".
std::string SkopeoIndexJson(const Blob& manifest,
                            const std::vector<std::string>& tags);

}  // namespace faas::testing

#endif  // FAAS_TESTING_IMAGE_JSON_H_
