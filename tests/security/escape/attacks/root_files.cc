// root-files changes what all containers of a function share, and what the
// platform has mounted on it.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr char kName[] = "/escape-file";

bool CanCreateIn(const std::string& directory) {
  const std::string path = directory + kName;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (fd < 0) return false;
  close(fd);
  unlink(path.c_str());
  return true;
}

// Returns all directories below `directory` in which a file can be created.
void FindWritable(const std::string& directory, int depth, std::string* found) {
  if (CanCreateIn(directory)) {
    *found += (directory.empty() ? "/" : directory) + " ";
  }
  if (depth == 0) return;
  for (const std::string& name : Entries(directory + "/")) {
    const std::string path = directory + "/" + name;
    struct stat status;
    if (lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    // There are too many directories of processes, and they are alike.
    if (directory == "/proc" && isdigit(name[0]) && name != "1") continue;
    FindWritable(path, depth - 1, found);
  }
}

}  // namespace

void RootFiles(Attempt* attempt) {
  std::string writable;
  FindWritable("", 4, &writable);
  attempt->Tell("writable", writable);
  for (const char* file : {"/attack", "/etc/passwd", "/control.sock"}) {
    const std::string of = std::string(" ") + file;
    attempt->Try("append" + of, [file] {
      return open(file, O_WRONLY | O_APPEND | O_NONBLOCK);
    });
    attempt->Try("chmod" + of, [file] { return chmod(file, 0777); });
    attempt->Try("chown" + of, [file] { return chown(file, 4242, 4242); });
    attempt->Try("xattr" + of,
                 [file] { return setxattr(file, "user.x", "x", 1, 0); });
    attempt->Try("utime" + of,
                 [file] { return utimensat(AT_FDCWD, file, nullptr, 0); });
    attempt->Try("rename" + of, [file] { return rename(file, "/renamed"); });
    attempt->Try("link" + of, [file] { return link(file, "/linked"); });
    attempt->Try("unlink" + of, [file] { return unlink(file); });
  }
}

}  // namespace faas::escape
