#include "faas_cli/listening_users.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::cli {
namespace {

constexpr size_t kMaxTableBytes = 64 << 20;
// The words of a line are: number, local address, remote address, state,
// queues, timer, retransmissions, user.
constexpr size_t kLocal = 1, kState = 3, kUser = 7;
constexpr absl::string_view kListen = "0A";

}  // namespace

absl::StatusOr<std::set<uid_t>> ParseListeningUsers(absl::string_view text,
                                                    int port) {
  std::set<uid_t> users;
  bool first = true;
  for (absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    if (std::exchange(first, false))
      continue;  // The first line names the columns.
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    uint32_t local_port;
    uid_t user;
    if (words.size() <= kUser ||
        !absl::SimpleHexAtoi(
            words[kLocal].substr(words[kLocal].find_last_of(':') + 1),
            &local_port) ||
        !absl::SimpleAtoi(words[kUser], &user)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", line, "\" is no line of /proc/net/tcp"));
    }
    if (words[kState] == kListen && local_port == static_cast<uint32_t>(port)) {
      users.insert(user);
    }
  }
  return users;
}

absl::StatusOr<std::set<uid_t>> ListeningUsers(int port) {
  std::set<uid_t> users;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const absl::StatusOr<std::string> text =
        fs::ReadFile(table, kMaxTableBytes);
    if (absl::IsNotFound(text.status())) continue;  // The kernel has no IPv6.
    if (!text.ok()) return text.status();
    ASSIGN_OR_RETURN(const std::set<uid_t> more,
                     ParseListeningUsers(*text, port));
    users.insert(more.begin(), more.end());
  }
  return users;
}

}  // namespace faas::cli
