// handles opens files by number instead of by path, which no mount or root
// hides.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

struct Handle {
  file_handle head;
  unsigned char bytes[MAX_HANDLE_SZ];
};

long HandleOf(const char* path, Handle* handle) {
  int mount;
  *handle = {};
  handle->head.handle_bytes = MAX_HANDLE_SZ;
  return name_to_handle_at(AT_FDCWD, path, &handle->head, &mount, 0);
}

}  // namespace

void Handles(Attempt* attempt) {
  attempt->Try("name_to_handle_at", [] {
    Handle handle;
    return HandleOf("/tmp", &handle);
  });
  attempt->Try("open_by_handle_at", [] {
    Handle handle;
    // Inode 2 is the root of most file systems. It is used if the own root has
    // no handle.
    if (HandleOf("/tmp", &handle) != 0) {
      handle.head.handle_bytes = 8;
      handle.head.handle_type = 1;
      handle.bytes[0] = 2;
    }
    const int root = open("/tmp", O_RDONLY | O_DIRECTORY);
    return open_by_handle_at(root, &handle.head, O_RDONLY);
  });
}

}  // namespace faas::escape
