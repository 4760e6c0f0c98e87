#include "extractor/client/told_layers.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/unique_fd.h"
#include "common/log/log.h"
#include "extractor/client/extractor_process.h"
#include "extractor/protocol/messages.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

// Opens a layer's directory for a process that may read it and nothing around
// it: as a mount that is in no namespace, so that nothing is above its root.
absl::StatusOr<UniqueFd> OpenReadOnly(const std::string& directory) {
  UniqueFd fd(
      open_tree(AT_FDCWD, directory.c_str(),
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW));
  if (!fd.valid()) {
    return base::ErrnoStatus(absl::StrCat("open_tree \"", directory, "\""));
  }
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                        MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (mount_setattr(fd.get(), "", AT_EMPTY_PATH, &attributes,
                    sizeof(attributes)) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("make \"", directory, "\" read-only"));
  }
  return fd;
}

}  // namespace

bool ToldLayers::Tell(image::Layer layer,
                      internal::v1::ExtractionStored& answer,
                      MessageChannel::Descriptors& directories) {
  const auto known = std::find_if(
      layers_.begin(), layers_.end(),
      [&](const auto& other) { return other.directory == layer.directory; });
  const bool is_new = known == layers_.end();
  if (is_new) {
    if (layers_.size() >= ExtractorProcess::kMaxStored ||
        directories.size() >= MessageChannel::kMaxDescriptors) {
      return false;
    }
    absl::StatusOr<UniqueFd> directory = OpenReadOnly(layer.directory);
    if (!directory.ok()) {
      log::Line("extract", std::string(directory.status().message()));
      return false;
    }
    directories.push_back(
        std::make_shared<const UniqueFd>(*std::move(directory)));
  }
  internal::v1::ExtractionStored::StoredLayer& proto = *answer.add_layers();
  proto.set_number(static_cast<uint32_t>(known - layers_.begin()));
  proto.set_is_new(is_new);
  proto.set_diff_id(layer.diff_id);
  proto.set_tar_bytes(layer.tar_bytes);
  proto.set_disk_bytes(layer.disk_bytes);
  proto.set_checkpoints(ToBytes(layer.checkpoints));
  if (is_new) layers_.push_back(std::move(layer));
  return true;
}

}  // namespace faas::extractor
