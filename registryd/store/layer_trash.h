#ifndef FAAS_REGISTRYD_STORE_LAYER_TRASH_H_
#define FAAS_REGISTRYD_STORE_LAYER_TRASH_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace faas::registryd {

// A LayerTrash holds the directories of layers that have left the store and
// that are still to be removed from disk. Removal is slow and a directory may
// still be mounted, so a layer is renamed first and removed later.
// Thread-safe.
class LayerTrash {
 public:
  // Keeps what it holds in `directory`, which exists, is on the file system of
  // the layers and has no names "removed-<number>".
  explicit LayerTrash(std::string directory)
      : directory_(std::move(directory)) {}

  // Renames the layer's directory `path` into the trash. It is no error if
  // there is none. After an error the layer is where it was.
  absl::Status Take(const std::string& path);

  // Removes all that the trash holds, except for what was at one of the paths
  // `in_use`: another layer may have the path by now, but the old one may be
  // mounted still. What could not be removed stays for the next call; returns
  // the first error.
  absl::Status Empty(const std::set<std::string>& in_use);

 private:
  struct Item {
    std::string path;
    // Where it was in the store.
    std::string was;
  };

  const std::string directory_;
  absl::Mutex mutex_;
  std::vector<Item> items_ ABSL_GUARDED_BY(mutex_);
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_TRASH_H_
