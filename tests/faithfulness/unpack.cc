#include "tests/faithfulness/unpack.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/byte_source.h"
#include "image/extract.h"

namespace faas::testing {

absl::StatusOr<std::vector<std::string>> ExtractLayers(
    const std::string& archive, const std::string& directory,
    uint32_t id_base) {
  RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
  ASSIGN_OR_RETURN(const base::UniqueFd fd, fs::Open(archive, O_RDONLY));
  image::FdSource source(fd.get());
  ASSIGN_OR_RETURN(
      const image::ExtractedImage extracted,
      image::ExtractImage(
          source, {.staging = directory, .owners = {.id_base = id_base}}));
  // If a layer occurs twice, the topmost occurrence decides.
  std::vector<std::string> layers;
  for (auto it = extracted.layers.rbegin(); it != extracted.layers.rend();
       ++it) {
    if (std::find(layers.begin(), layers.end(), it->directory) ==
        layers.end()) {
      layers.push_back(it->directory);
    }
  }
  std::reverse(layers.begin(), layers.end());
  return layers;
}

absl::StatusOr<OverlayMount> OverlayMount::Create(
    const std::vector<std::string>& layers, const std::string& directory) {
  const std::string point = directory + "/root";
  // Without a directory to write to, overlayfs needs two to read.
  const std::string bottom = directory + "/bottom";
  RETURN_IF_ERROR(fs::MakeDirectories(point, 0755));
  RETURN_IF_ERROR(fs::MakeDirectories(bottom, 0755));
  std::vector<std::string> top_down(layers.rbegin(), layers.rend());
  top_down.push_back(bottom);
  const std::string options =
      absl::StrCat("userxattr,lowerdir=", absl::StrJoin(top_down, ":"));
  if (mount("overlay", point.c_str(), "overlay",
            MS_RDONLY | MS_NODEV | MS_NOSUID, options.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("mount overlay on \"", point, "\""));
  }
  return OverlayMount(point);
}

OverlayMount::~OverlayMount() {
  if (!point_.empty()) umount2(point_.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

}  // namespace faas::testing
