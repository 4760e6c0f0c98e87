#ifndef FAAS_TESTS_SECURITY_SENTINEL_H_
#define FAAS_TESTS_SECURITY_SENTINEL_H_

#include <map>
#include <string>

namespace faas::testing {

// A tree on the host that images have no business with, for attacks to aim at:
//
//   secret           a file
//   tool             a setuid file
//   directory/file   and directory/passwd, which has the user "sentinel"
//   empty/           a directory to be written to
//   link             a symlink to secret
//   dangling         a symlink to captured, which is not there
//
// It is made by the first call, on the private host.
std::string SentinelPath();

// Returns the same as a path relative to anything that is less than 40 deep,
// and without a slash at its beginning.
std::string ClimbToSentinel();

// Returns everything below `root`, itself included, by path: type, mode, owner,
// size, times, links, inode, extended attributes, and the content.
using TreeSnapshot = std::map<std::string, std::string>;
TreeSnapshot SnapshotTree(const std::string& root);

// Returns what differs, a line for each path, or "" if nothing does.
std::string DescribeChanges(const TreeSnapshot& before,
                            const TreeSnapshot& after);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_SENTINEL_H_
