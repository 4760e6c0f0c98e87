#include "common/rpc/api_token.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::rpc {
namespace {

constexpr size_t kRandomBytes = 32;
constexpr size_t kMinTokenBytes = 32;
constexpr size_t kMaxTokenBytes = 1024;
constexpr mode_t kTokenMode = 0600;

absl::StatusOr<std::string> ReadTokenFd(int fd, const std::string& path) {
  ASSIGN_OR_RETURN(std::string token, fs::ReadFd(fd, kMaxTokenBytes));
  absl::StripAsciiWhitespace(&token);
  if (token.size() < kMinTokenBytes ||
      !std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "\"", path,
        "\" holds no token; remove it, and the next start makes one"));
  }
  return token;
}

absl::StatusOr<std::string> MakeToken(const std::string& path) {
  std::string random(kRandomBytes, '\0');
  if (getrandom(random.data(), random.size(), 0) !=
      static_cast<ssize_t>(random.size())) {
    return base::ErrnoStatus("getrandom");
  }
  std::string token = absl::BytesToHexString(random);
  RETURN_IF_ERROR(fs::RemoveWriteLeftovers(path));
  RETURN_IF_ERROR(
      fs::WriteFileDurably(path, absl::StrCat(token, "\n"), kTokenMode));
  log::Line("init", "Made a token for the control API: " + path);
  return token;
}

absl::Status CheckPermissions(int fd, const std::string& path) {
  struct stat st;
  if (fstat(fd, &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", path, "\""));
  }
  if (S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
      (st.st_mode & 077) == 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "\"%s\" may be known to others: it belongs to user %d and has mode %04o; "
      "remove it, and the next start makes another, or, if nobody has seen "
      "it: chown %d %s; chmod 0600 %s",
      path, st.st_uid, st.st_mode & 07777, geteuid(), path, path));
}

}  // namespace

absl::StatusOr<std::string> ReadOrMakeToken(const std::string& path) {
  // A fifo must not block the start.
  const absl::StatusOr<base::UniqueFd> file =
      fs::Open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (absl::IsNotFound(file.status())) return MakeToken(path);
  if (!file.ok()) return file.status();
  RETURN_IF_ERROR(CheckPermissions(file->get(), path));
  return ReadTokenFd(file->get(), path);
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  ASSIGN_OR_RETURN(const base::UniqueFd file, fs::Open(path, O_RDONLY));
  return ReadTokenFd(file.get(), path);
}

bool EqualInConstantTime(absl::string_view secret, absl::string_view guess) {
  if (secret.size() != guess.size()) return false;
  // `volatile` keeps a compiler from stopping at the first difference.
  volatile unsigned char difference = 0;
  for (size_t i = 0; i < secret.size(); ++i) {
    difference = difference | static_cast<unsigned char>(secret[i] ^ guess[i]);
  }
  return difference == 0;
}

}  // namespace faas::rpc
