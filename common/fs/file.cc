#include "common/fs/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::fs {

using base::ErrnoStatus;
using base::UniqueFd;

absl::StatusOr<UniqueFd> Open(const std::string& path, int flags, mode_t mode) {
  UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return ErrnoStatus(absl::StrCat("open \"", path, "\""));
  return fd;
}

absl::StatusOr<UniqueFd> OpenInRoot(int root, const std::string& path,
                                    int flags, mode_t mode) {
  open_how how = {};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // EAGAIN means that somebody renamed something while ".." was resolved.
  long fd;
  do {
    fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how));
  } while (fd < 0 && (errno == EAGAIN || errno == EINTR));
  if (fd < 0) return ErrnoStatus(absl::StrCat("open \"", path, "\""));
  return UniqueFd(static_cast<int>(fd));
}

absl::StatusOr<std::string> ReadFd(int fd, size_t limit_bytes) {
  std::string data;
  char buffer[65536];
  while (true) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus("read");
    if (n == 0) return data;
    if (data.size() + n > limit_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("longer than ", limit_bytes, " bytes"));
    }
    data.append(buffer, n);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t limit_bytes) {
  ASSIGN_OR_RETURN(UniqueFd fd, Open(path, O_RDONLY));
  absl::StatusOr<std::string> data = ReadFd(fd.get(), limit_bytes);
  if (!data.ok()) {
    return base::WithContext(data.status(), absl::StrCat("\"", path, "\""));
  }
  return data;
}

absl::Status WriteFd(int fd, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus("write");
    data.remove_prefix(n);
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(UniqueFd fd, Open(path, O_RDONLY | O_DIRECTORY));
  if (fsync(fd.get()) != 0) {
    return ErrnoStatus(absl::StrCat("fsync \"", path, "\""));
  }
  return absl::OkStatus();
}

namespace {

constexpr char kTemporarySuffix[] = ".tmp";
constexpr char kOldSuffix[] = ".old";

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAndSync(const std::string& path, absl::string_view data,
                          mode_t mode) {
  ASSIGN_OR_RETURN(UniqueFd fd,
                   Open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
  RETURN_IF_ERROR(base::WithContext(WriteFd(fd.get(), data),
                                    absl::StrCat("\"", path, "\"")));
  if (fsync(fd.get()) != 0) {
    return ErrnoStatus(absl::StrCat("fsync \"", path, "\""));
  }
  return absl::OkStatus();
}

// Gives `temporary` the name `path` durably. Until that is durable, the file
// that has the name now keeps a second name, so that it can be restored after
// an error: writing it again might fail too.
absl::Status Replace(const std::string& temporary, const std::string& path) {
  const std::string old = path + kOldSuffix;
  unlink(old.c_str());  // left by a crash
  const bool existed = link(path.c_str(), old.c_str()) == 0;
  if (!existed && errno != ENOENT) {
    return ErrnoStatus(absl::StrCat("link to \"", old, "\""));
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(old.c_str());
    return ErrnoStatus(absl::StrCat("rename to \"", path, "\""), error);
  }
  const absl::Status status = SyncDirectory(ParentOf(path));
  if (status.ok()) {
    unlink(old.c_str());
  } else if (existed) {
    rename(old.c_str(), path.c_str());
  } else {
    unlink(path.c_str());
  }
  return status;
}

}  // namespace

absl::Status WriteFileDurably(const std::string& path, absl::string_view data,
                              mode_t mode) {
  const std::string temporary = path + kTemporarySuffix;
  absl::Status status = WriteAndSync(temporary, data, mode);
  if (status.ok()) status = Replace(temporary, path);
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

absl::Status RemoveWriteLeftovers(const std::string& path) {
  for (const char* suffix : {kTemporarySuffix, kOldSuffix}) {
    const std::string leftover = path + suffix;
    if (unlink(leftover.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
      return ErrnoStatus(absl::StrCat("remove \"", leftover, "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  if (errno == ENOENT && ParentOf(path) != path) {
    RETURN_IF_ERROR(MakeDirectories(ParentOf(path), mode));
    if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  }
  const int error = errno;
  struct stat st;
  if (error == EEXIST && stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) {
    return absl::OkStatus();
  }
  return ErrnoStatus(absl::StrCat("mkdir \"", path, "\""), error);
}

absl::StatusOr<std::string> RealPath(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return ErrnoStatus(absl::StrCat("find \"", path, "\""));
  std::string result = real;
  free(real);
  return result;
}

absl::StatusOr<std::vector<std::string>> ListDirectory(
    const std::string& path) {
  DIR* dir = opendir(path.c_str());
  if (dir == nullptr) return ErrnoStatus(absl::StrCat("open \"", path, "\""));
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(dir)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  const int error = errno;
  closedir(dir);
  if (error != 0)
    return ErrnoStatus(absl::StrCat("read \"", path, "\""), error);
  return names;
}

namespace {

// A directory whose entries are being removed.
struct Level {
  DIR* dir;
  std::string name;
};

// The most levels that are open at once.
constexpr size_t kMaxOpenLevels = 512;

// Moves the directory `name` up to `top`, under a name that is free there.
absl::Status MoveUp(int parent, const std::string& name, int top,
                    uint64_t& moved) {
  while (true) {
    const std::string new_name = absl::StrCat(".deep-", moved++);
    if (renameat2(parent, name.c_str(), top, new_name.c_str(),
                  RENAME_NOREPLACE) == 0) {
      return absl::OkStatus();
    }
    if (errno != EEXIST)
      return ErrnoStatus(absl::StrCat("move \"", name, "\""));
  }
}

// This is iterative with one descriptor for each level, because a hostile tree
// may be deeper than the stack and than PATH_MAX. Directories that are deeper
// than the descriptors suffice are moved up to `top`, and removed from there.
absl::Status RemoveBelow(DIR* top, dev_t device) {
  std::vector<Level> levels = {{top, ""}};
  uint64_t moved = 0, moved_before = 0;
  absl::Status status;
  while (!levels.empty() && status.ok()) {
    errno = 0;
    const dirent* entry = readdir(levels.back().dir);
    const int parent = dirfd(levels.back().dir);
    if (entry == nullptr && levels.size() == 1 && moved != moved_before) {
      moved_before = moved;
      rewinddir(top);
      continue;
    }
    if (entry == nullptr) {
      const Level done = levels.back();
      levels.pop_back();
      closedir(done.dir);
      if (!levels.empty() && unlinkat(dirfd(levels.back().dir),
                                      done.name.c_str(), AT_REMOVEDIR) != 0) {
        status = ErrnoStatus(absl::StrCat("rmdir \"", done.name, "\""));
      }
      continue;
    }
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (entry->d_type != DT_DIR && unlinkat(parent, name.c_str(), 0) == 0) {
      continue;
    }
    UniqueFd child(openat(parent, name.c_str(),
                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat st;
    if (!child.valid() || fstat(child.get(), &st) != 0) {
      status = ErrnoStatus(absl::StrCat("remove \"", name, "\""));
    } else if (st.st_dev != device) {
      status = absl::FailedPreconditionError(
          absl::StrCat("remove \"", name, "\": is a mount point"));
    } else if (levels.size() >= kMaxOpenLevels) {
      status = MoveUp(parent, name, dirfd(top), moved);
    } else {
      levels.push_back({fdopendir(child.release()), name});
    }
  }
  for (const Level& level : levels) closedir(level.dir);
  return status;
}

}  // namespace

absl::Status RemoveTree(const std::string& path) {
  return RemoveTreeAt(AT_FDCWD, path);
}

absl::Status RemoveTreeAt(int directory, const std::string& name) {
  const std::string what = absl::StrCat("remove \"", name, "\"");
  UniqueFd top(openat(directory, name.c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!top.valid()) {
    if (errno == ENOENT) return absl::OkStatus();
    if (errno != ENOTDIR && errno != ELOOP) return ErrnoStatus(what);
    if (unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT)
      return ErrnoStatus(what);
    return absl::OkStatus();
  }
  struct stat st;
  if (fstat(top.get(), &st) != 0) return ErrnoStatus(what);
  RETURN_IF_ERROR(base::WithContext(
      RemoveBelow(fdopendir(top.release()), st.st_dev), what));
  if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return ErrnoStatus(what);
  }
  return absl::OkStatus();
}

}  // namespace faas::fs
