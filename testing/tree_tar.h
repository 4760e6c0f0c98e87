#ifndef FAAS_TESTING_TREE_TAR_H_
#define FAAS_TESTING_TREE_TAR_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "testing/tar_writer.h"

namespace faas::testing {

// Returns the tar of a directory on disk, as one layer: paths relative to
// `directory`, parents before children, in order of name, hard links kept.
// Everything belongs to 0:0 and is from the epoch, so that the same tree gives
// the same bytes for every user. Sockets are left out.
absl::StatusOr<std::string> TreeTar(const std::string& directory);

// Appends the entry of one file, directory or symlink of this machine under
// another name. Does not append the content of a directory.
absl::Status AddFromDisk(const std::string& host_path,
                         const std::string& image_path, TarWriter* writer);

// Appends an entry for each parent directory of `image_path` that is not yet in
// `written`, and notes it there. Real layers have such entries.
void AddParents(const std::string& image_path, std::set<std::string>* written,
                TarWriter* writer);

}  // namespace faas::testing

#endif  // FAAS_TESTING_TREE_TAR_H_
