// Fuzzes an image archive, byte by byte, through ExtractImage and InspectImage.

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "google/protobuf/util/message_differencer.h"
#include "image/byte_source.h"
#include "image/error.h"
#include "image/extract.h"
#include "image/inspect.h"
#include "image/limits.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz_sandbox.h"

namespace faas::fuzz {
namespace {

using image::CategoryOf;
using image::ErrorCategory;
using image::ExtractedImage;
using image::Layer;
using image::StringSource;

// The limits are small, so that a run is short and inputs reach every limit.
image::Limits SmallLimits() {
  image::Limits limits;
  limits.archive_bytes = 1 << 18;
  // Layers are recognised by their first MiB.
  limits.layer_bytes = 3 << 19;
  limits.image_bytes = 1 << 21;
  limits.compression_free_bytes = 3 << 18;
  limits.entries = 200;
  limits.layers = 6;
  limits.blobs = 32;
  limits.path_bytes = 1000;
  limits.depth = 16;
  limits.metadata_bytes = 1 << 14;
  limits.all_metadata_bytes = 1 << 15;
  limits.metadata_values = 500;
  limits.metadata_depth = 16;
  limits.lower_references = 32;
  limits.lower_reference_bytes = 1 << 12;
  limits.zstd_window_log = 17;
  return limits;
}

// Returns the bytes of the files below `directory`. One with several links
// counts once.
uint64_t FileBytes(const std::string& directory) {
  std::map<ino_t, uint64_t> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    struct stat st;
    if (lstat(entry.path().c_str(), &st) == 0 && S_ISREG(st.st_mode)) {
      files[st.st_ino] = static_cast<uint64_t>(st.st_size);
    }
  }
  uint64_t bytes = 0;
  for (const auto& [inode, size] : files) bytes += size;
  return bytes;
}

void CheckLayers(const ExtractedImage& extracted, const std::string& staging) {
  Check(static_cast<int>(extracted.layers.size()) ==
            extracted.image.layers_size(),
        "a directory for each layer");
  for (const Layer& layer : extracted.layers) {
    Check(absl::StartsWith(layer.directory, staging + "/"),
          "layers are in staging");
    Check(std::filesystem::is_directory(layer.directory),
          "each layer has a directory");
  }
}

// The layers of an earlier extraction.
class KnownLayers : public image::StoredLayers {
 public:
  explicit KnownLayers(const ExtractedImage& image) : image_(image) {}

  std::optional<Layer> FindBlob(const std::string& digest) override {
    const auto found =
        Find([&](const auto& l) { return l.blob_digest == digest; });
    return found.empty() ? std::nullopt : std::make_optional(found[0]);
  }
  std::optional<Layer> FindDiffId(const std::string& diff_id) override {
    const auto found =
        Find([&](const auto& l) { return l.diff_id == diff_id; });
    return found.empty() ? std::nullopt : std::make_optional(found[0]);
  }
  std::vector<Layer> FindBeginning(const image::Checkpoint& first) override {
    return Find([&](const auto& l) {
      return !l.checkpoints.empty() && l.checkpoints[0] == first;
    });
  }

 private:
  template <typename Matches>
  std::vector<Layer> Find(Matches matches) const {
    std::vector<Layer> found;
    for (const Layer& layer : image_.layers) {
      if (!layer.standalone || !matches(layer)) continue;
      found.push_back(layer);
    }
    return found;
  }

  const ExtractedImage& image_;
};

// Extracts once more. The layers of the first time are known now.
void ExtractAgain(const std::string& bytes, image::ExtractOptions options,
                  const ExtractedImage& first, const std::string& staging) {
  KnownLayers known(first);
  const std::string before = Fingerprint(options.staging, /*ctimes=*/true);
  const std::string first_staging = options.staging;
  options.staging = staging;
  options.stored = &known;
  StringSource source(bytes);
  const auto second = image::ExtractImage(source, options);
  Check(second.ok(), absl::StrCat("known layers are as good as new ones: ",
                                  second.status().ToString()));
  Check(google::protobuf::util::MessageDifferencer::Equals(first.image,
                                                           second->image),
        "the same image from known layers");
  Check(Fingerprint(first_staging, /*ctimes=*/true) == before,
        "known layers are only read");
}

// Checks what holds between the two. Inspection does not write, so it cannot
// see what is wrong with how entries of a layer go together. In everything else
// they agree.
void CheckAgreement(const absl::StatusOr<ExtractedImage>& extracted,
                    const absl::StatusOr<v1::Image>& inspected) {
  const std::string both =
      absl::StrCat("\n  extraction: ", extracted.status().ToString(),
                   "\n  inspection: ", inspected.status().ToString());
  if (extracted.ok() && inspected.ok()) {
    v1::Image image = extracted->image;
    // Only writing finds these.
    image.clear_id_base();
    for (v1::Layer& layer : *image.mutable_layers()) {
      layer.clear_content_id();
      layer.clear_disk_bytes();
      layer.clear_ignored_attributes();
    }
    Check(google::protobuf::util::MessageDifferencer::Equals(image, *inspected),
          absl::StrCat("both see the same image: ", image.ShortDebugString(),
                       " or ", inspected->ShortDebugString()));
  } else if (inspected.ok()) {
    const ErrorCategory category = *CategoryOf(extracted.status());
    Check(category == ErrorCategory::kUnsafeLink ||
              category == ErrorCategory::kMalformed ||
              category == ErrorCategory::kLimit,
          absl::StrCat("what inspection takes can be extracted", both));
  } else if (extracted.ok()) {
    // A layer that extraction gave up early counts for less.
    Check(*CategoryOf(inspected.status()) == ErrorCategory::kLimit,
          absl::StrCat("what inspection refuses is not extracted", both));
  }
}

void Run(const std::string& bytes, Sandbox& sandbox) {
  image::ExtractOptions options;
  options.staging = sandbox.inside() + "/staging";
  options.limits = SmallLimits();
  options.owners.keep = sandbox.can_chown();
  if (sandbox.can_chown()) options.owners.id_base = 100'000;
  const std::string second_staging = sandbox.inside() + "/again";
  for (const std::string& directory : {options.staging, second_staging}) {
    Check(mkdir(directory.c_str(), 0700) == 0, "mkdir");
  }
  StringSource source(bytes);
  const auto extracted = image::ExtractImage(source, options);
  Check(FileBytes(options.staging) <= options.limits.image_bytes,
        "no more on disk than the limits allow");
  // The pieces end anywhere, which must make no difference.
  StringSource pieces(bytes, 1 + bytes.size() % 1021);
  const auto inspected = image::InspectImage(pieces, options.limits);
  if (!extracted.ok()) CheckImageError(extracted.status());
  if (!inspected.ok()) CheckImageError(inspected.status());
  CheckAgreement(extracted, inspected);
  if (!extracted.ok()) return;
  CheckLayers(*extracted, options.staging);
  ExtractAgain(bytes, options, *extracted, second_staging);
}

}  // namespace
}  // namespace faas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static faas::fuzz::Sandbox sandbox;
  sandbox.Begin();
  faas::fuzz::Run(std::string(reinterpret_cast<const char*>(data), size),
                  sandbox);
  sandbox.End();
  return 0;
}
