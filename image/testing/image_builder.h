#ifndef FAAS_IMAGE_TESTING_IMAGE_BUILDER_H_
#define FAAS_IMAGE_TESTING_IMAGE_BUILDER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "image/testing/tar_builder.h"
#include "nlohmann/json.hpp"

namespace faas::image::testing {

std::string Gzip(absl::string_view bytes);
std::string Zstd(absl::string_view bytes);
// "sha256:" and 64 digits; and the digits alone.
std::string DigestOf(absl::string_view bytes);
std::string HexOf(absl::string_view bytes);

// An image to be saved. Tests change what they want to be wrong.
struct TestImage {
  // Uncompressed tars, from the bottom up.
  std::vector<std::string> layers;
  std::string (*compress)(absl::string_view) = nullptr;
  // Parts of the image configuration.
  nlohmann::json config = {{"Cmd", {"/bin/handler"}}};
  std::string os = "linux";
  // What the configuration says instead of the layers' true diff IDs.
  std::optional<std::vector<std::string>> diff_ids;
  std::string tag = "test-handler:latest";
};

// The image configuration document.
std::string ConfigDocument(const TestImage& image);

// As Docker 20 writes it: <id>/layer.tar, <hex>.json and, last, manifest.json.
// A layer that repeats an earlier one is a symlink to it.
std::string Docker20Archive(const TestImage& image);

// As Docker 25 and later write it: an OCI layout with a manifest.json, blobs
// before it.
std::string Docker25Archive(const TestImage& image);

// Spoils a document before it is written, and may add blobs for it.
using ChangeDocument = std::function<void(nlohmann::json&, TarBuilder&)>;

// As `skopeo copy` to oci-archive writes it.
std::string OciArchive(const TestImage& image,
                       const ChangeDocument& change_index = {},
                       const ChangeDocument& change_manifest = {});

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_IMAGE_BUILDER_H_
