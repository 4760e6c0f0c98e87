#ifndef FAAS_TESTS_FAITHFULNESS_FILE_TREE_H_
#define FAAS_TESTS_FAITHFULNESS_FILE_TREE_H_

#include <sys/types.h>
#include <time.h>

#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace faas::testing {

// A FileNode is everything that an image can say about one name of its root
// file system.
struct FileNode {
  mode_t mode = 0;  // type, permissions, set-id and sticky bits
  uid_t uid = 0;
  gid_t gid = 0;
  off_t size = 0;    // of regular files
  dev_t device = 0;  // of devices
  timespec mtime = {};
  std::string sha256;  // of regular files: 64 hexadecimal digits
  std::string target;  // of symlinks
  // The hard links of one file all have the same value here: the first of their
  // paths within the tree. Empty if the file has no other name in the tree.
  std::string first_link;
  std::map<std::string, std::string> xattrs;
};

// Nodes by path, relative to the tree's root, which is ".".
using FileTree = std::map<std::string, FileNode>;

// Reads the tree below the directory `root`. It follows no symlinks and enters
// mounted file systems. The caller needs the right to read everything; only
// root sees security.* and trusted.* attributes.
absl::StatusOr<FileTree> ReadFileTree(const std::string& root);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_FILE_TREE_H_
