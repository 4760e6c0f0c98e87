#ifndef FAAS_IMAGE_LAYER_LAYER_ENTRY_H_
#define FAAS_IMAGE_LAYER_LAYER_ENTRY_H_

#include <archive_entry.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/layer/attributes.h"
#include "image/limits.h"

namespace faas::image {

enum class EntryKind {
  kFile,
  kDirectory,
  kSymlink,
  kHardLink,
  kWhiteout,  // Hides `path` of the layers below.
  kOpaque,    // Hides all that the layers below have in directory `path`.
  kIgnored,   // Belongs to the bookkeeping of AUFS.
};

// A LayerEntry is what an entry of a layer's tar asks for. Paths are
// normalized, see NormalizeEntryPath; "" is the layer's root.
struct LayerEntry {
  EntryKind kind = EntryKind::kIgnored;
  std::string path;
  // The target of a symlink as it stands, or of a hard link, normalized.
  std::string link;
  // The size of a file, holes included.
  uint64_t bytes = 0;
  mode_t mode = 0;  // Permissions, set-id and sticky bits.
  uid_t uid = 0;
  gid_t gid = 0;
  timespec mtime = {};
  // The attributes to keep, and the names of those that are not kept.
  std::vector<Attribute> attributes;
  std::vector<std::string> ignored_attributes;
};

// Says what `entry` asks for, without any I/O. `label` names the layer in
// errors: kUnsafePath for names that leave the root or hide a whiteout,
// kUnsafeLink for links that leave the root or name themselves, kUnsupported
// for devices, named pipes and sockets, owners outside of Limits::ids and
// attributes of overlayfs, kLimit for names longer or deeper than the limits,
// kMalformed for impossible owners.
absl::StatusOr<LayerEntry> ParseLayerEntry(archive_entry* entry,
                                           absl::string_view label,
                                           const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_ENTRY_H_
