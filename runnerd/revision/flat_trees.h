#ifndef FAAS_RUNNERD_REVISION_FLAT_TREES_H_
#define FAAS_RUNNERD_REVISION_FLAT_TREES_H_

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace faas::runnerd {

// A FlatTree is a root file system in one directory. The directory is there at
// least as long as the object.
struct FlatTree {
  std::string path;
};

// FlatTrees makes and keeps the root file systems of a host where overlayfs
// cannot be mounted. It copies the layers of an image into one tree, which all
// revisions with the same layers share. The tree is named after its layers:
// <directory>/<64 hexadecimal digits>. Complete trees outlive a restart.
// Thread-safe.
class FlatTrees {
 public:
  // Creates `directory`, and removes the incomplete trees that a crash left
  // there.
  static absl::StatusOr<std::unique_ptr<FlatTrees>> Open(
      const std::string& directory);
  ~FlatTrees();

  // Returns the tree of `layers`, which are paths from the bottom up. If the
  // tree is not there it is made now. That copies every byte, so it may take
  // seconds, and one tree is made at a time. After an error nothing is left.
  absl::StatusOr<std::shared_ptr<const FlatTree>> Get(
      const std::vector<std::string>& layers);

  // Removes the trees that nobody holds. They lose their names now; a thread in
  // the background removes the files.
  void Sweep();

 private:
  explicit FlatTrees(std::string directory);
  absl::Status Build(const std::vector<std::string>& layers,
                     const std::string& path);
  std::shared_ptr<const FlatTree> Find(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveGarbage();

  const std::string directory_;
  // Held while a tree is made.
  absl::Mutex build_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Mutex mutex_;
  // The trees that somebody holds, by path, and some that nobody holds any
  // more.
  std::map<std::string, std::weak_ptr<const FlatTree>> trees_
      ABSL_GUARDED_BY(mutex_);
  // Paths that remover_ has yet to remove.
  std::vector<std::string> garbage_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread remover_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_FLAT_TREES_H_
