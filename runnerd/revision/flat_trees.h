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

// A root file system as one plain tree; it stays at least as long as the
// object.
struct FlatTree {
  std::string path;
};

// Root file systems for hosts where overlayfs cannot be mounted: layers copied
// into one tree, in <directory>/<64 hexadecimal digits> after the layers it is
// made of, shared by all revisions with the same ones. Complete trees outlive a
// restart. Thread-safe.
class FlatTrees {
 public:
  // Creates `directory`, and removes what a crash has left in the making.
  static absl::StatusOr<std::unique_ptr<FlatTrees>> Open(
      const std::string& directory);
  ~FlatTrees();

  // The tree of `layers` (paths, from the bottom up), made now if it is not
  // there: that copies every byte, so it may take seconds.
  absl::StatusOr<std::shared_ptr<const FlatTree>> Get(
      const std::vector<std::string>& layers);

  // Removes, in the background, trees that nobody holds.
  void Sweep();

 private:
  explicit FlatTrees(std::string directory);
  absl::Status Build(const std::vector<std::string>& layers,
                     const std::string& path);
  std::shared_ptr<const FlatTree> Find(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveGarbage();

  const std::string directory_;
  // One tree is made at a time.
  absl::Mutex build_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Mutex mutex_;
  std::map<std::string, std::weak_ptr<const FlatTree>> trees_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> garbage_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread remover_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_FLAT_TREES_H_
