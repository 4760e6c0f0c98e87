#include "common/daemon/group.h"

#include <grp.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"

namespace faas::daemon {
namespace {

constexpr gid_t kRootsGroup = 0;
// System calls use -1 for "no group".
constexpr uint32_t kNoGroup = ~uint32_t{0};
// A group with thousands of members needs a large buffer.
constexpr size_t kMaxEntryBytes = 16 << 20;

absl::StatusOr<std::optional<gid_t>> LookUp(const std::string& name) {
  std::vector<char> strings(16 << 10);
  while (true) {
    group entry;
    group* found = nullptr;
    const int error = getgrnam_r(name.c_str(), &entry, strings.data(),
                                 strings.size(), &found);
    if (found != nullptr) return found->gr_gid;
    if (error == ERANGE && strings.size() < kMaxEntryBytes) {
      strings.resize(2 * strings.size());
      continue;
    }
    // The sources of names return these for a name that does not exist; see
    // getgrnam(3).
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF ||
        error == EPERM) {
      return std::nullopt;
    }
    return base::ErrnoStatus(absl::StrCat("look up group \"", name, "\""),
                             error);
  }
}

}  // namespace

absl::StatusOr<gid_t> FindGroup(const std::string& name) {
  const std::string wanted = name.empty() ? kDefaultGroup : name;
  uint32_t number;
  if (absl::SimpleAtoi(wanted, &number) && number != kNoGroup) return number;
  ASSIGN_OR_RETURN(const std::optional<gid_t> found, LookUp(wanted));
  if (found.has_value()) return *found;
  if (!name.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "there is no group \"", name, "\"; make it with \"groupadd --system ",
        name, "\", or name another with --group"));
  }
  return kRootsGroup;
}

void LogMissingGroup(const std::string& name, gid_t group) {
  if (!name.empty() || group != kRootsGroup) return;
  log::Line(
      "init",
      absl::StrCat("There is no group \"", kDefaultGroup,
                   "\": only root may use the API; \"groupadd --system ",
                   kDefaultGroup, "\" and another start let its members too"));
}

}  // namespace faas::daemon
