#include "image/layer/layer_entry.h"

#include <archive.h>
#include <linux/limits.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/layer/entry_path.h"

namespace faas::image {
namespace {

// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
constexpr absl::string_view kOpaqueName = ".wh..wh..opq";
// AUFS kept its hard links and orphans under names like this.
constexpr absl::string_view kAufsPrefix = ".wh..wh.";

// A Complaint makes errors about one entry of one layer.
class Complaint {
 public:
  Complaint(absl::string_view label, absl::string_view name)
      : label_(label), name_(name) {}
  absl::Status operator()(ErrorCategory category,
                          absl::string_view what) const {
    return ImageError(
        category,
        absl::StrCat(label_, ": \"", base::Printable(name_), "\" ", what));
  }

 private:
  const absl::string_view label_;
  const absl::string_view name_;
};

absl::Status CheckLimits(absl::string_view path, const Limits& limits,
                         const Complaint& complain) {
  if (path.size() > limits.path_bytes) {
    return complain(
        ErrorCategory::kLimit,
        absl::StrCat("has more than ", limits.path_bytes, " bytes in its path",
                     NameLimit("max_path_bytes")));
  }
  size_t depth = 0;
  for (const absl::string_view component : absl::StrSplit(path, '/')) {
    if (component.size() > limits.component_bytes) {
      return complain(
          ErrorCategory::kLimit,
          absl::StrCat("has a component of more than ", limits.component_bytes,
                       " bytes", NameLimit("max_name_bytes")));
    }
    if (++depth > limits.depth) {
      return complain(
          ErrorCategory::kLimit,
          absl::StrCat("is more than ", limits.depth, " directories deep",
                       NameLimit("max_path_depth")));
    }
  }
  return absl::OkStatus();
}

// Turns ".wh." names into what they mean. Such a name is refused within the
// path: it would be no directory of the image, and a later tool that reads the
// tree would take it for a marker.
absl::Status InterpretWhiteouts(LayerEntry& entry, const Complaint& complain) {
  if (!absl::StrContains(entry.path, kWhiteoutPrefix)) return absl::OkStatus();
  if (absl::StartsWith(entry.path, kAufsPrefix) && entry.path != kOpaqueName) {
    entry.kind = EntryKind::kIgnored;
    return absl::OkStatus();
  }
  const std::string directory(Parent(entry.path));
  for (const absl::string_view component : absl::StrSplit(directory, '/')) {
    if (absl::StartsWith(component, kWhiteoutPrefix)) {
      return complain(ErrorCategory::kUnsafePath, "lies within a whiteout");
    }
  }
  absl::string_view name = BaseName(entry.path);
  if (!absl::StartsWith(name, kWhiteoutPrefix)) return absl::OkStatus();
  if (name == kOpaqueName) {
    entry.kind = EntryKind::kOpaque;
    entry.path = directory;
    return absl::OkStatus();
  }
  name.remove_prefix(kWhiteoutPrefix.size());
  if (name.empty() || name == "." || name == ".." ||
      absl::StartsWith(name, kWhiteoutPrefix)) {
    return complain(ErrorCategory::kUnsafePath, "is not a whiteout of a name");
  }
  entry.kind = EntryKind::kWhiteout;
  entry.path = JoinPath(directory, name);
  return absl::OkStatus();
}

absl::Status InterpretHardLink(const char* target, LayerEntry& entry,
                               const Limits& limits,
                               const Complaint& complain) {
  std::optional<std::string> path = NormalizeEntryPath(target);
  if (!path.has_value() || path->empty()) {
    return complain(ErrorCategory::kUnsafeLink,
                    absl::StrCat("is a hard link out of the image, to \"",
                                 base::Printable(target), "\""));
  }
  if (*path == entry.path) {
    return complain(ErrorCategory::kUnsafeLink, "is a hard link to itself");
  }
  RETURN_IF_ERROR(CheckLimits(*path, limits, complain));
  entry.kind = EntryKind::kHardLink;
  entry.link = *std::move(path);
  return absl::OkStatus();
}

// Accepts the target of a symlink. Absolute targets mean the image's root,
// whoever resolves them in it. Targets that climb above the root are refused,
// as Docker does.
absl::Status InterpretSymlink(const char* target, LayerEntry& entry,
                              const Limits& limits, const Complaint& complain) {
  entry.kind = EntryKind::kSymlink;
  entry.link = target == nullptr ? "" : target;
  if (entry.link.empty()) {
    return complain(ErrorCategory::kUnsafeLink, "is a symlink to nothing");
  }
  if (entry.link.size() > limits.path_bytes) {
    return complain(
        ErrorCategory::kLimit,
        absl::StrCat("is a symlink to a path of more than ", limits.path_bytes,
                     " bytes", NameLimit("max_path_bytes")));
  }
  if (static_cast<size_t>(absl::c_count(entry.link, '/')) >= limits.depth) {
    return complain(
        ErrorCategory::kLimit,
        absl::StrCat("is a symlink to a path of more than ", limits.depth,
                     " directories", NameLimit("max_path_depth")));
  }
  if (!ResolveLexically(Parent(entry.path), entry.link).has_value()) {
    return complain(ErrorCategory::kUnsafeLink,
                    absl::StrCat("is a symlink out of the image, to \"",
                                 base::Printable(entry.link), "\""));
  }
  return absl::OkStatus();
}

absl::Status InterpretType(archive_entry* entry, const Limits& limits,
                           LayerEntry& result, const Complaint& complain) {
  if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
    return InterpretHardLink(target, result, limits, complain);
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      result.kind = EntryKind::kFile;
      return absl::OkStatus();
    case AE_IFDIR:
      result.kind = EntryKind::kDirectory;
      return absl::OkStatus();
    case AE_IFLNK:
      return InterpretSymlink(archive_entry_symlink(entry), result, limits,
                              complain);
    case AE_IFCHR:
    case AE_IFBLK:
      return complain(ErrorCategory::kUnsupported,
                      "is a device node, which images may not bring; remove "
                      "it, the runtime makes /dev");
    default:
      return complain(ErrorCategory::kUnsupported,
                      "is neither a file, a directory nor a link; remove it "
                      "from the image");
  }
}

absl::Status ReadOwner(archive_entry* entry, const Limits& limits,
                       LayerEntry& result, const Complaint& complain) {
  constexpr int64_t kMaxId = std::numeric_limits<uint32_t>::max() - 1;
  const int64_t uid = archive_entry_uid(entry);
  const int64_t gid = archive_entry_gid(entry);
  if (uid < 0 || uid > kMaxId || gid < 0 || gid > kMaxId) {
    return complain(ErrorCategory::kMalformed,
                    absl::StrCat("has an impossible owner, ", uid, ":", gid));
  }
  if (uid >= limits.ids || gid >= limits.ids) {
    return complain(
        ErrorCategory::kUnsupported,
        absl::StrCat("has the owner ", uid, ":", gid,
                     ", but containers have "
                     "the ids 0 to ",
                     limits.ids - 1, "; chown it in the Dockerfile"));
  }
  result.uid = static_cast<uid_t>(uid);
  result.gid = static_cast<gid_t>(gid);
  return absl::OkStatus();
}

absl::Status ReadAttribute(Attribute attribute, LayerEntry& result,
                           const Complaint& complain) {
  AttributeUse use = JudgeAttribute(attribute.name);
  const bool file = result.kind == EntryKind::kFile;
  // The kernel allows user.* on no symlink, and capabilities on files only.
  if (use == AttributeUse::kKeep && !file &&
      (result.kind != EntryKind::kDirectory ||
       attribute.name == kCapabilityAttribute)) {
    use = AttributeUse::kIgnore;
  }
  // In pax an empty value removes the record, so for Docker there is no
  // attribute.
  if (use == AttributeUse::kKeep && attribute.value.empty()) {
    use = AttributeUse::kIgnore;
  }
  switch (use) {
    case AttributeUse::kIgnore:
      result.ignored_attributes.push_back(std::move(attribute.name));
      return absl::OkStatus();
    case AttributeUse::kRefuse:
      return complain(
          ErrorCategory::kUnsupported,
          absl::StrCat("has the attribute \"", base::Printable(attribute.name),
                       "\", which is overlayfs's own; save the "
                       "image without it"));
    case AttributeUse::kKeep:
      break;
  }
  if (attribute.name.size() > XATTR_NAME_MAX ||
      attribute.value.size() > XATTR_SIZE_MAX) {
    return complain(ErrorCategory::kLimit,
                    "has an attribute that is longer than Linux allows");
  }
  result.attributes.push_back(std::move(attribute));
  return absl::OkStatus();
}

absl::Status ReadAttributes(archive_entry* entry, LayerEntry& result,
                            const Complaint& complain) {
  if (archive_entry_acl_count(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS) > 0 ||
      archive_entry_acl_count(entry, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) > 0) {
    result.ignored_attributes.push_back("system.posix_acl");
  }
  archive_entry_xattr_reset(entry);
  const char* name;
  const void* value;
  size_t size;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    RETURN_IF_ERROR(ReadAttribute(
        {name, std::string(static_cast<const char*>(value), size)}, result,
        complain));
  }
  return absl::OkStatus();
}

void ReadMetadata(archive_entry* entry, LayerEntry& result) {
  result.mode = archive_entry_perm(entry) & 07777;
  result.bytes =
      static_cast<uint64_t>(std::max<int64_t>(archive_entry_size(entry), 0));
  result.mtime.tv_sec = archive_entry_mtime(entry);
  // utimensat takes values beyond this for UTIME_NOW and UTIME_OMIT.
  result.mtime.tv_nsec =
      std::clamp<long>(archive_entry_mtime_nsec(entry), 0, 999'999'999);
}

}  // namespace

absl::StatusOr<LayerEntry> ParseLayerEntry(archive_entry* entry,
                                           absl::string_view label,
                                           const Limits& limits) {
  const char* name = archive_entry_pathname(entry);
  const Complaint complain(label, name == nullptr ? "" : name);
  if (name == nullptr || *name == '\0') {
    return complain(ErrorCategory::kUnsafePath, "is an entry without a name");
  }
  std::optional<std::string> path = NormalizeEntryPath(name);
  if (!path.has_value()) {
    return complain(ErrorCategory::kUnsafePath,
                    "has \"..\" in its path; names start at the image's root");
  }
  LayerEntry result;
  result.path = *std::move(path);
  RETURN_IF_ERROR(CheckLimits(result.path, limits, complain));
  RETURN_IF_ERROR(ReadOwner(entry, limits, result, complain));
  ReadMetadata(entry, result);
  RETURN_IF_ERROR(InterpretType(entry, limits, result, complain));
  if (result.path.empty() && result.kind != EntryKind::kDirectory) {
    return complain(ErrorCategory::kUnsafePath,
                    "replaces the image's root, which is a directory");
  }
  RETURN_IF_ERROR(InterpretWhiteouts(result, complain));
  RETURN_IF_ERROR(ReadAttributes(entry, result, complain));
  return result;
}

}  // namespace faas::image
