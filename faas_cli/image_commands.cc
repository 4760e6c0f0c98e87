#include "faas_cli/image_commands.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "faas_cli/archive_input.h"
#include "faas_cli/render.h"
#include "image/byte_source.h"
#include "image/extract.h"
#include "image/flatten.h"
#include "image/inspect.h"
#include "image/limits.h"

namespace faas::cli {
namespace {

// A ScratchDirectory is a directory for layers beside the target, on the same
// file system. The destructor removes it.
class ScratchDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<ScratchDirectory>> Beside(
      const std::string& target) {
    std::string path = target + ".extracting-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
      return base::ErrnoStatus(absl::StrCat("mkdir \"", path, "\""));
    }
    return std::unique_ptr<ScratchDirectory>(
        new ScratchDirectory(std::move(path)));
  }
  ~ScratchDirectory() {
    const absl::Status status = fs::RemoveTree(path_);
    if (!status.ok()) {
      fprintf(stderr, "faas: %s\n", std::string(status.message()).c_str());
    }
  }

  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

// Returns "a/b" for "a/b/".
std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

absl::Status CheckTarget(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) return absl::OkStatus();
  if (std::filesystem::is_directory(directory, error) &&
      std::filesystem::is_empty(directory, error)) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(absl::StrCat(
      "\"", directory, "\" exists and is no empty directory; name a new one"));
}

}  // namespace

absl::Status InspectImageArchive(const ImageInput& input, Output output) {
  ASSIGN_OR_RETURN(const ArchiveInput archive, OpenArchive(input.archive));
  image::FdSource source(archive.fd.get());
  ASSIGN_OR_RETURN(
      const v1::Image image,
      image::InspectImage(source, image::Limits(), input.reference));
  const std::string text =
      output == Output::kText ? Description(image) : Json(image);
  fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

absl::Status ExtractImageArchive(const ImageInput& input,
                                 const std::string& directory, Output output) {
  const std::string target = WithoutSlash(directory);
  ASSIGN_OR_RETURN(const ArchiveInput archive, OpenArchive(input.archive));
  RETURN_IF_ERROR(CheckTarget(target));
  ASSIGN_OR_RETURN(const auto scratch, ScratchDirectory::Beside(target));
  const std::string staging = scratch->path() + "/layers";
  const std::string rootfs = scratch->path() + "/rootfs";
  RETURN_IF_ERROR(fs::MakeDirectories(staging, 0700));
  image::FdSource source(archive.fd.get());
  image::ExtractOptions options;
  options.staging = staging;
  options.reference = input.reference;
  options.owners.keep = geteuid() == 0;
  ASSIGN_OR_RETURN(const image::ExtractedImage extracted,
                   image::ExtractImage(source, options));
  std::vector<std::string> layers;
  for (const image::Layer& layer : extracted.layers) {
    layers.push_back(layer.directory);
  }
  RETURN_IF_ERROR(image::Flatten(layers, rootfs, image::FlattenMode::kMove));
  // rename(2) replaces an empty directory and nothing else.
  if (rename(rootfs.c_str(), target.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("rename to \"", target, "\""));
  }
  const std::string text =
      output == Output::kText
          ? absl::StrCat("Found ", extracted.layers.size(),
                         " layers\n✓ Image extracted to ", target,
                         "\n  Command: ", CommandList(extracted.image), "\n")
          : Json(extracted.image);
  fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace faas::cli
