#ifndef FAAS_REGISTRYD_STORE_LAYER_STORE_H_
#define FAAS_REGISTRYD_STORE_LAYER_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "faas/internal/v1/registry.pb.h"
#include "image/extract.h"
#include "image/stored_layer.h"
#include "registryd/store/layer_trash.h"

namespace faas::registryd {

// A LayerStore keeps layers on disk, each of them once for all functions that
// use it:
//
//   <state_dir>/layers/<64 hexadecimal digits>/tree         overlayfs mounts it
//                                             /layer.json   see layer_record.h
//                                             /checkpoints
//   <state_dir>/staging/                                    emptied at the
//   start
//
// A layer is made in staging and renamed into layers/ when it is complete and
// durable, and it is renamed back into staging before it is removed. So
// whatever is in layers/ is whole. Thread-safe.
class LayerStore {
 public:
  // Creates the directories, empties staging and reads the records. The first
  // sweep removes layers without a record, which cannot be used, and all layers
  // that are not in use then, because the grace does not outlive a restart.
  // Returns FAILED_PRECONDITION if the layers were written with another id
  // base.
  static absl::StatusOr<std::unique_ptr<LayerStore>> Open(
      const std::string& state_dir, uint32_t id_base);

  // Creates a directory below staging for the layers of one image.
  class Staging;
  absl::StatusOr<std::unique_ptr<Staging>> NewStaging();

  // Keeps layers from being swept until it is destroyed. The layers of a
  // function that is not in the registry yet need it.
  class Pin;

  // Makes the staged layers of an image durable, and moves those into the store
  // that it does not have; a layer that is there is never replaced. Nobody may
  // write to `staging` any more. The caller keeps the pin until the registry
  // names the layers. Returns FAILED_PRECONDITION if what should be a layer's
  // directory is something else, such as a symlink. After an error, the layers
  // that were new are swept.
  absl::StatusOr<std::unique_ptr<Pin>> Adopt(
      const Staging& staging, const image::ExtractedImage& image);

  // Says that the layers that were new with `pin` are not needed. Unless
  // another function uses them, the next sweep removes them without a grace.
  void Abandon(const Pin& pin);

  // What a sweep has removed.
  struct Swept {
    uint64_t layers = 0;
    uint64_t bytes = 0;
    // When the grace of the next layer ends.
    absl::Time next = absl::InfiniteFuture();
  };
  // Returns the content ids of the layers that are in use.
  using InUse = std::function<std::set<std::string>()>;
  // Removes every layer that has been neither pinned nor in use for `grace`.
  // Calls `in_use` with the store locked. After an error all other layers have
  // been removed, and the next sweep tries again.
  absl::StatusOr<Swept> Sweep(const InUse& in_use, absl::Duration grace);

  // Returns the records by content id.
  std::map<std::string, internal::v1::LayerRecord> Records() const;
  // Returns how many bytes all layers take on disk.
  uint64_t disk_bytes() const;

  // Returns the directory of the layer `content_id`, which need not be there.
  std::string PathOf(absl::string_view content_id) const;

 private:
  // A layer of the store, or one that is about to become one.
  struct Entry {
    internal::v1::LayerRecord record;
    std::optional<image::Checkpoint> first_checkpoint;
    // How many Pins and Stagings have it.
    int pins = 0;
    // Since when nobody uses it. A sweep sets it.
    std::optional<absl::Time> unused_since;
  };

  LayerStore(const std::string& state_dir, uint32_t id_base);
  // Returns the digits of a content id.
  static absl::string_view NameOf(absl::string_view content_id);
  absl::Status LoadRecords();
  absl::StatusOr<Entry> Stage(const image::Layer& layer,
                              const std::string& directory) const;
  absl::Status Move(const std::string& directory, Entry staged, Pin& pin)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteBlobDigest(const std::string& content_id,
                      const std::string& blob_digest)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Unpin(const std::vector<std::string>& content_ids);
  image::Layer ToLayer(const Entry& entry) const;
  absl::Status MoveUnusedAway(const std::set<std::string>& used,
                              absl::Duration grace, Swept& swept)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string layers_;
  const std::string staging_;
  const uint32_t id_base_;
  mutable absl::Mutex mutex_;
  // The layers by content id.
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  // The paths of directories in layers/ without a record.
  std::set<std::string> strays_ ABSL_GUARDED_BY(mutex_);
  LayerTrash trash_;
};

class LayerStore::Pin {
 public:
  explicit Pin(LayerStore* store) : store_(store) {}
  ~Pin() { store_->Unpin(content_ids_); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

 private:
  friend class LayerStore;

  LayerStore* const store_;
  std::vector<std::string> content_ids_;
  // The content ids of the layers that were not in the store before.
  std::vector<std::string> fresh_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_STORE_H_
