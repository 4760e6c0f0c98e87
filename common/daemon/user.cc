#include "common/daemon/user.h"

#include <pwd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"

namespace faas::daemon {
namespace {

// System calls use -1 for "no id".
constexpr uint32_t kNoId = ~uint32_t{0};
constexpr size_t kEntryBytes = 64 << 10;
constexpr uint32_t kDefaultIdBase = 100000;
constexpr uint32_t kGatewayOffset = 65537;

absl::StatusOr<User> LookUpUser(const std::string& name) {
  std::vector<char> strings(kEntryBytes);
  passwd entry;
  passwd* found = nullptr;
  const int error =
      getpwnam_r(name.c_str(), &entry, strings.data(), strings.size(), &found);
  if (found != nullptr) return User{found->pw_uid, found->pw_gid};
  // The sources of names return these for a name that does not exist; see
  // getpwnam(3).
  if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF ||
      error == EPERM) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no user \"", name,
                     "\"; name one that there is, or a number"));
  }
  return base::ErrnoStatus(absl::StrCat("look up user \"", name, "\""), error);
}

}  // namespace

absl::StatusOr<User> FindUser(const std::string& text) {
  if (text.empty()) return User{};
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto& [uid_text, gid_text] = parts;
  uint32_t uid;
  if (!absl::SimpleAtoi(uid_text, &uid)) return LookUpUser(text);
  uint32_t gid = uid;
  if ((!gid_text.empty() && !absl::SimpleAtoi(gid_text, &gid)) ||
      uid == kNoId || gid == kNoId) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no UID or UID:GID"));
  }
  return User{uid, gid};
}

absl::StatusOr<uid_t> DefaultGatewayUser(uint32_t id_base) {
  const uint32_t base = id_base == 0 ? kDefaultIdBase : id_base;
  if (base >= kNoId - kGatewayOffset) {
    return absl::InvalidArgumentError(
        absl::StrCat("--id_base=", id_base, " leaves no id for gatewayd"));
  }
  return base + kGatewayOffset;
}

}  // namespace faas::daemon
