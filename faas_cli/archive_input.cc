#include "faas_cli/archive_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::cli {
namespace {

// Returns how many bytes of a regular file are left to read, and 0 for anything
// else.
uint64_t FileBytes(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return 0;
  const off_t position = lseek(fd, 0, SEEK_CUR);
  return position < 0 || position > st.st_size ? 0 : st.st_size - position;
}

}  // namespace

absl::StatusOr<ArchiveInput> OpenArchive(const std::string& path) {
  if (path.empty() || path == "-") {
    if (isatty(STDIN_FILENO)) {
      return absl::InvalidArgumentError(
          "no image on stdin; pipe one in (docker save IMAGE | faas ...), or "
          "name an archive file");
    }
    base::UniqueFd fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd.valid()) return base::ErrnoStatus("read stdin");
    const uint64_t bytes = FileBytes(fd.get());
    return ArchiveInput{std::move(fd), "stdin", bytes};
  }
  ASSIGN_OR_RETURN(base::UniqueFd fd, fs::Open(path, O_RDONLY));
  struct stat st;
  if (fstat(fd.get(), &st) == 0 && S_ISDIR(st.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path,
                     "\" is a directory; an archive is wanted, as docker save "
                     "writes it"));
  }
  const uint64_t bytes = FileBytes(fd.get());
  return ArchiveInput{std::move(fd), path, bytes};
}

}  // namespace faas::cli
