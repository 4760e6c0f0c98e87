#include "image/layer/attributes.h"

#include <endian.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/error.h"

namespace faas::image {
namespace {

constexpr absl::string_view kOverlayPrefixes[] = {"user.overlay.",
                                                  "trusted.overlay."};
// This is more than any image has. Further names are counted together.
constexpr size_t kMaxNames = 32;
constexpr absl::string_view kOthers = "(others)";
// The kernel's limit on a list of names.
constexpr size_t kMaxListBytes = 64 << 10;

bool IsOverlays(absl::string_view name) {
  for (const absl::string_view prefix : kOverlayPrefixes) {
    if (absl::StartsWith(name, prefix)) return true;
  }
  return false;
}

absl::Status FailedAttribute(absl::string_view what, absl::string_view name) {
  return FailedCall(absl::StrCat(what, " attribute"), name);
}

// Returns the names of the attributes of an open file that are kept.
absl::StatusOr<std::vector<std::string>> KeptNames(int fd) {
  std::vector<std::string> kept;
  ssize_t size = flistxattr(fd, nullptr, 0);
  // Most files have no attributes.
  if (size == 0 || (size < 0 && errno == ENOTSUP)) return kept;
  std::string names(kMaxListBytes, '\0');
  size = flistxattr(fd, names.data(), names.size());
  if (size < 0) return FailedAttribute("list", "*");
  names.resize(size);
  for (const absl::string_view name :
       absl::StrSplit(names, '\0', absl::SkipEmpty())) {
    if (JudgeAttribute(name) == AttributeUse::kKeep) kept.emplace_back(name);
  }
  return kept;
}

}  // namespace

AttributeUse JudgeAttribute(absl::string_view name) {
  if (IsOverlays(name)) return AttributeUse::kRefuse;
  if (absl::StartsWith(name, "user.") || name == kCapabilityAttribute) {
    return AttributeUse::kKeep;
  }
  return AttributeUse::kIgnore;
}

std::optional<std::string> StoredCapability(absl::string_view value,
                                            const Owners& owners) {
  vfs_ns_cap_data data = {};
  if (value.size() < sizeof(data.magic_etc) || value.size() > sizeof(data)) {
    return std::nullopt;
  }
  std::memcpy(&data, value.data(), value.size());
  const uint32_t magic = le32toh(data.magic_etc);
  const uint32_t revision = magic & VFS_CAP_REVISION_MASK;
  const bool whole =
      (revision == VFS_CAP_REVISION_1 && value.size() == XATTR_CAPS_SZ_1) ||
      (revision == VFS_CAP_REVISION_2 && value.size() == XATTR_CAPS_SZ_2) ||
      (revision == VFS_CAP_REVISION_3 && value.size() == XATTR_CAPS_SZ_3);
  if (!whole || (magic & ~(VFS_CAP_REVISION_MASK | VFS_CAP_FLAGS_EFFECTIVE))) {
    return std::nullopt;
  }
  const bool shifted = owners.id_base != 0;
  data.magic_etc = htole32((magic & VFS_CAP_FLAGS_EFFECTIVE) |
                           (shifted ? VFS_CAP_REVISION_3 : VFS_CAP_REVISION_2));
  data.rootid = htole32(owners.id_base);
  return std::string(reinterpret_cast<const char*>(&data),
                     shifted ? XATTR_CAPS_SZ_3 : XATTR_CAPS_SZ_2);
}

absl::Status SetAttribute(int fd, const Attribute& attribute) {
  if (fsetxattr(fd, attribute.name.c_str(), attribute.value.data(),
                attribute.value.size(), 0) == 0) {
    return absl::OkStatus();
  }
  return FailedAttribute("set", attribute.name);
}

absl::Status CopyAttributes(int from, int to) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, KeptNames(from));
  ASSIGN_OR_RETURN(const std::vector<std::string> old_names, KeptNames(to));
  for (const std::string& name : old_names) {
    if (absl::c_linear_search(names, name)) continue;
    if (fremovexattr(to, name.c_str()) != 0)
      return FailedAttribute("remove", name);
  }
  for (const std::string& name : names) {
    Attribute attribute = {.name = name,
                           .value = std::string(XATTR_SIZE_MAX, '\0')};
    const ssize_t n = fgetxattr(from, attribute.name.c_str(),
                                attribute.value.data(), XATTR_SIZE_MAX);
    if (n < 0) return FailedAttribute("get", name);
    attribute.value.resize(n);
    RETURN_IF_ERROR(SetAttribute(to, attribute));
  }
  return absl::OkStatus();
}

void IgnoredAttributes::Add(absl::string_view name, absl::string_view path) {
  const bool known = counts_.count(std::string(name)) > 0;
  Count& count = counts_[std::string(
      known || counts_.size() < kMaxNames ? name : kOthers)];
  if (count.entries++ == 0) count.example = std::string(path);
}

}  // namespace faas::image
