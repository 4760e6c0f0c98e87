#include "image/layer/overlay.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"

namespace faas::image {
namespace {

constexpr char kOpaque[] = "user.overlay.opaque";

}  // namespace

bool IsWhiteout(const struct stat& st) {
  return S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0);
}

absl::Status MakeWhiteout(int directory, const char* name) {
  if (mknodat(directory, name, S_IFCHR, makedev(0, 0)) == 0) {
    return absl::OkStatus();
  }
  return base::ErrnoStatus(
      absl::StrCat("make whiteout \"", base::Printable(name), "\""));
}

absl::Status SetOpaque(int fd) {
  if (fsetxattr(fd, kOpaque, "y", 1, 0) == 0) return absl::OkStatus();
  return base::ErrnoStatus(absl::StrCat("set ", kOpaque));
}

bool IsOpaque(int fd) {
  char value = 0;
  return fgetxattr(fd, kOpaque, &value, 1) == 1 && value == 'y';
}

absl::Status ClearOpaque(int fd) {
  if (fremovexattr(fd, kOpaque) == 0 || errno == ENODATA) {
    return absl::OkStatus();
  }
  return base::ErrnoStatus(absl::StrCat("remove ", kOpaque));
}

}  // namespace faas::image
