// The JSON documents of an archive: parsed each by itself, and put together to
// an image. The input is a text:
//
//   == reference        which image is asked for
//   name:tag
//   == manifest.json    a document of that name
//   [{"Config": "c.json", "Layers": ["a.tar", "b.tar"]}]
//   == a.tar            a layer with that diff ID
//   layer sha256:...
//   == b.tar            a link
//   -> a.tar

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "faas/v1/function.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "image/archive/blob_index.h"
#include "image/archive/image_config.h"
#include "image/archive/json.h"
#include "image/archive/manifest.h"
#include "image/archive/oci_layout.h"
#include "image/archive/select_image.h"
#include "image/error.h"
#include "image/limits.h"
#include "image/stream/digest.h"
#include "tests/fuzz/check.h"

namespace faas::fuzz {
namespace {

using image::Blob;
using image::BlobIndex;
using image::ErrorCategory;
using image::Manifest;
using nlohmann::json;

struct Document {
  std::string name;
  std::string text;
};

image::Limits SmallLimits() {
  image::Limits limits;
  limits.layers = 6;
  limits.blobs = 16;
  limits.metadata_values = 300;
  limits.metadata_depth = 12;
  return limits;
}

std::vector<Document> Split(absl::string_view input) {
  std::vector<Document> documents;
  for (const absl::string_view section :
       absl::StrSplit(absl::StrCat("\n", input), "\n== ", absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(section, absl::MaxSplits('\n', 1));
    documents.push_back({parts.first, parts.second});
  }
  return documents;
}

// Counts the values in `document`, and how deep they are nested.
void Measure(const json& document, size_t depth, size_t& values,
             size_t& max_depth) {
  ++values;
  if (!document.is_structured()) return;
  max_depth = std::max(max_depth, depth + 1);
  for (const json& child : document) {
    Measure(child, depth + 1, values, max_depth);
  }
}

void ParseAny(const std::string& text, const image::Limits& limits) {
  const auto document =
      ParseJson(text, "the document", ErrorCategory::kManifest, limits);
  if (!document.ok()) return CheckImageError(document.status());
  size_t values = 0, depth = 0;
  Measure(*document, 0, values, depth);
  Check(depth <= limits.metadata_depth, "depth within the limit");
  // Brackets and commas are counted: each bracket has a first value that no
  // comma announces.
  Check(values <= 2 * limits.metadata_values + 1, "values within the limit");
}

// Checks strings of documents that are given to system calls, which would cut
// them.
void CheckStrings(const std::vector<std::string>& strings) {
  for (const std::string& text : strings) {
    Check(text.find('\0') == std::string::npos, "no NUL in a string");
  }
}

void CheckManifest(const Manifest& manifest) {
  Check(!manifest.config.name.empty(), "a configuration is named");
  CheckStrings({manifest.config.name});
  CheckStrings(manifest.tags);
  for (const image::BlobReference& layer : manifest.layers) {
    CheckStrings({layer.name});
  }
}

// The registry stores images as JSON, and daemons send them to each other.
void CheckStorable(const v1::Image& image) {
  std::string bytes, text;
  v1::Image from_bytes, from_text;
  Check(
      image.SerializeToString(&bytes) && from_bytes.ParseFromString(bytes) &&
          google::protobuf::util::MessageDifferencer::Equals(image, from_bytes),
      "the image can be sent");
  Check(
      google::protobuf::util::MessageToJsonString(image, &text).ok() &&
          google::protobuf::util::JsonStringToMessage(text, &from_text).ok() &&
          google::protobuf::util::MessageDifferencer::Equals(image, from_text),
      absl::StrCat("the image can be stored: ", image.ShortDebugString()));
}

void CheckConfig(const v1::ImageConfig& config) {
  Check(config.entrypoint_size() + config.cmd_size() > 0, "a command");
  Check(config.os() == "linux", "for Linux");
  CheckStrings({config.entrypoint().begin(), config.entrypoint().end()});
  CheckStrings({config.cmd().begin(), config.cmd().end()});
  CheckStrings({config.env().begin(), config.env().end()});
  CheckStrings({config.working_dir(), config.user(), config.stop_signal()});
}

void ParseEach(const std::string& text, const image::Limits& limits) {
  ParseAny(text, limits);
  const auto manifests = image::ParseManifests(text, limits);
  if (manifests.ok()) {
    Check(!manifests->empty(), "an image");
    for (const Manifest& manifest : *manifests) CheckManifest(manifest);
  } else {
    CheckImageError(manifests.status());
  }
  const auto config = image::ParseImageConfig(text, limits);
  if (config.ok()) {
    CheckConfig(config->config);
    CheckStrings(config->diff_ids);
    v1::Image image;
    *image.mutable_config() = config->config;
    CheckStorable(image);
  } else {
    CheckImageError(config.status());
  }
}

absl::Status AddTo(BlobIndex& index, const Document& document) {
  absl::string_view text = document.text;
  Blob blob;
  blob.name = document.name;
  if (absl::ConsumePrefix(&text, "-> ")) {
    return index.AddLink(document.name,
                         std::string(absl::StripSuffix(text, "\n")));
  }
  image::Sha256 hash;
  hash.Update(text);
  blob.digest = image::DigestText(hash.Current());
  const std::string diff_id(
      absl::StripSuffix(absl::StripPrefix(text, "layer "), "\n"));
  if (image::IsSha256Digest(diff_id)) {
    blob.layer = image::Layer{.diff_id = diff_id, .tar_bytes = text.size()};
  } else {
    blob.json = document.text;
  }
  return index.Add(std::move(blob));
}

void CheckSelection(const BlobIndex& index, const std::string& reference,
                    const image::Limits& limits) {
  const auto layout = image::ReadOciLayout(index, reference, limits);
  if (layout.ok()) {
    CheckManifest(*layout);
  } else {
    CheckImageError(layout.status());
  }
  const auto selected = image::SelectImage(index, reference, limits);
  if (!selected.ok()) return CheckImageError(selected.status());
  CheckConfig(selected->image.config());
  CheckStorable(selected->image);
  Check(selected->layers.size() <= limits.layers &&
            selected->layers.size() ==
                static_cast<size_t>(selected->image.layers_size()),
        "as many layers as the image says");
  for (size_t i = 0; i < selected->layers.size(); ++i) {
    Check(selected->layers[i]->layer.has_value() &&
              selected->layers[i]->layer->diff_id ==
                  selected->image.layers(static_cast<int>(i)).diff_id(),
          "each layer is the one that the image says");
  }
}

void Run(absl::string_view input) {
  const image::Limits limits = SmallLimits();
  BlobIndex index(limits);
  std::string reference;
  for (const Document& document : Split(input)) {
    if (document.name == "reference") {
      reference = std::string(absl::StripSuffix(document.text, "\n"));
      continue;
    }
    ParseEach(document.text, limits);
    if (const absl::Status added = AddTo(index, document); !added.ok()) {
      return CheckImageError(added);
    }
  }
  CheckSelection(index, reference, limits);
}

}  // namespace
}  // namespace faas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  faas::fuzz::Run(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
