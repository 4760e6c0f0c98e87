#include "runnerd/revision/image_user.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;
constexpr size_t kMaxAdditionalGids = 1024;

// Returns the fields of the first line that has at least `fields` of them and
// for which `matches` holds, or nothing if there is no such line.
template <typename Matches>
std::vector<absl::string_view> FindLine(absl::string_view file, size_t fields,
                                        Matches matches) {
  for (absl::string_view line : absl::StrSplit(file, '\n')) {
    std::vector<absl::string_view> parts = absl::StrSplit(line, ':');
    if (parts.size() >= fields && matches(parts)) return parts;
  }
  return {};
}

// Parses a user or group id. The highest number is refused, because for the
// kernel it means "no change".
absl::optional<uint32_t> ParseId(absl::string_view text) {
  uint32_t id;
  if (!absl::SimpleAtoi(text, &id) ||
      id == std::numeric_limits<uint32_t>::max()) {
    return absl::nullopt;
  }
  return id;
}

absl::Status NotInImage(absl::string_view kind, absl::string_view name,
                        absl::string_view file) {
  return absl::InvalidArgumentError(absl::StrCat(
      "Invalid Docker image: ", kind, " \"", base::Printable(name),
      "\" is not in the image's ", file,
      "; add it there, or set a number with USER in the Dockerfile"));
}

absl::StatusOr<gid_t> ResolveGroup(absl::string_view text,
                                   absl::string_view group) {
  const auto line =
      FindLine(group, 3, [&](const auto& parts) { return parts[0] == text; });
  if (!line.empty()) {
    if (const auto gid = ParseId(line[2])) return *gid;
  }
  if (const auto gid = ParseId(text)) return *gid;
  return NotInImage("group", text, "/etc/group");
}

// Returns the groups that list `user` as a member.
std::vector<gid_t> GroupsOf(absl::string_view user, absl::string_view group) {
  std::vector<gid_t> gids;
  for (absl::string_view line : absl::StrSplit(group, '\n')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, ':');
    if (parts.size() < 4 || gids.size() >= kMaxAdditionalGids) continue;
    const std::vector<absl::string_view> members =
        absl::StrSplit(parts[3], ',');
    const auto gid = ParseId(parts[2]);
    if (gid.has_value() &&
        std::find(members.begin(), members.end(), user) != members.end()) {
      gids.push_back(*gid);
    }
  }
  return gids;
}

absl::StatusOr<std::string> ReadIn(int root, const std::string& path) {
  // O_NONBLOCK, because an image can have a fifo in the place of the file.
  const auto fd = fs::OpenInRoot(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd.ok()) return std::string();
  absl::StatusOr<std::string> data = fs::ReadFd(fd->get(), kMaxFileBytes);
  if (data.ok()) return data;
  return absl::InvalidArgumentError(
      absl::StrCat("Invalid Docker image: its /", path,
                   " cannot be read: ", data.status().message()));
}

}  // namespace

absl::StatusOr<ImageUser> ResolveImageUser(absl::string_view user,
                                           absl::string_view passwd,
                                           absl::string_view group) {
  const size_t colon = user.find(':');
  const absl::string_view name =
      user.substr(0, colon).empty() ? "0" : user.substr(0, colon);
  const absl::optional<uint32_t> number = ParseId(name);
  const auto line = FindLine(passwd, 4, [&](const auto& parts) {
    return parts[0] == name ||
           (number.has_value() && ParseId(parts[2]) == number);
  });
  ImageUser result;
  if (!line.empty() && ParseId(line[2]) && ParseId(line[3])) {
    result.uid = *ParseId(line[2]);
    result.gid = *ParseId(line[3]);
    if (line.size() > 5 && !line[5].empty()) {
      result.home = std::string(line[5]);
    }
  } else if (number.has_value()) {
    result.uid = *number;
  } else {
    return NotInImage("user", name, "/etc/passwd");
  }
  if (colon != absl::string_view::npos) {
    ASSIGN_OR_RETURN(result.gid, ResolveGroup(user.substr(colon + 1), group));
  } else if (!line.empty()) {
    result.additional_gids = GroupsOf(line[0], group);
  }
  return result;
}

absl::StatusOr<ImageUser> ResolveImageUserIn(const std::string& rootfs,
                                             absl::string_view user) {
  ASSIGN_OR_RETURN(const base::UniqueFd root,
                   fs::Open(rootfs, O_PATH | O_DIRECTORY));
  ASSIGN_OR_RETURN(const std::string passwd, ReadIn(root.get(), "etc/passwd"));
  ASSIGN_OR_RETURN(const std::string group, ReadIn(root.get(), "etc/group"));
  return ResolveImageUser(user, passwd, group);
}

}  // namespace faas::runnerd
