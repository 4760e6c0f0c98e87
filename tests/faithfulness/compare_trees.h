#ifndef FAAS_TESTS_FAITHFULNESS_COMPARE_TREES_H_
#define FAAS_TESTS_FAITHFULNESS_COMPARE_TREES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/faithfulness/file_tree.h"

namespace faas::testing {

struct CompareOptions {
  // What the second tree adds to every owner, as a tree for a user namespace
  // does. It is subtracted before owners are compared. File capabilities for
  // that namespace's root count as those for every root.
  uint32_t id_base = 0;
  // Whether extended attributes are compared.
  bool xattrs = true;
};

// A Difference is one thing in which two trees differ.
struct Difference {
  std::string path;
  // "presence", "type", "mode", "owner", "size", "content", "mtime", "target",
  // "device", "links", or the name of an extended attribute. Nothing else is
  // said of entries that one side does not have, or that are of different
  // types.
  std::string aspect;
  std::string first;   // what it is in the first tree; printable
  std::string second;  // what it is in the second

  // Returns one line: `"usr/bin/x": mode: 0755, but 0644`.
  std::string Describe() const;
};

// Returns the differences in the order of paths. Times are compared at the
// coarser precision of both: if one side has no nanoseconds, only seconds
// count.
std::vector<Difference> CompareTrees(const FileTree& first,
                                     const FileTree& second,
                                     const CompareOptions& options = {});

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_COMPARE_TREES_H_
