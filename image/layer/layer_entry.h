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
  kWhiteout,  // hides `path` of the layers below
  kOpaque,    // hides all that the layers below have in the directory `path`
  kIgnored,   // AUFS's own bookkeeping
};

// What an entry of a layer's tar asks for. Paths are normalized, see
// NormalizeEntryPath; "" is the layer's root.
struct LayerEntry {
  EntryKind kind = EntryKind::kIgnored;
  std::string path;
  // A symlink's target as it stands; a hard link's target, normalized.
  std::string link;
  // Of a file's content, holes included.
  uint64_t bytes = 0;
  mode_t mode = 0;  // permissions, set-id and sticky bits
  uid_t uid = 0;
  gid_t gid = 0;
  timespec mtime = {};
  // Those to be kept, and the names of those that are not.
  std::vector<Attribute> attributes;
  std::vector<std::string> ignored_attributes;
};

// Judges `entry` without any I/O. `label` names the layer in errors:
// kUnsafePath for names that leave the root or hide a whiteout, kUnsafeLink for
// links that leave the root or name themselves, kUnsupported for devices, fifos
// and sockets, owners outside of Limits::ids and attributes of overlayfs,
// kLimit for names longer or deeper than the limits, kMalformed for owners that
// cannot be.
absl::StatusOr<LayerEntry> ParseLayerEntry(archive_entry* entry,
                                           absl::string_view label,
                                           const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_ENTRY_H_
