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

// Layers on disk, each once for all functions that use it, complete and
// durable:
//
//   <state_dir>/layers/<64 hexadecimal digits>/tree     what overlayfs mounts
//                                             /layer.json, /checkpoints
//
// and <state_dir>/staging, where everything begins and ends its life: what is
// found there at a start is garbage. Thread-safe.
class LayerStore {
 public:
  // Creates the directories, empties staging and reads the records. Layers
  // without one, which are of no use, go with the first sweep, as does
  // everything that is not in use then: the grace does not outlive a restart.
  // FAILED_PRECONDITION if the layers were written with another id base.
  static absl::StatusOr<std::unique_ptr<LayerStore>> Open(
      const std::string& state_dir, uint32_t id_base);

  // A directory of its own below staging, removed with the object.
  class Staging;
  absl::StatusOr<std::unique_ptr<Staging>> NewStaging();

  // Keeps layers from being swept while it lives: those of a function that is
  // not in the registry yet.
  class Pin;

  // Makes the staged layers of an image durable and moves those into the store
  // that it does not have: one that is there is never replaced. Nobody may be
  // writing to staging any more. A layer's directory that is none, a symlink
  // say, is an error. The caller holds the pin until the registry names
  // them. After an error, what was new is swept.
  absl::StatusOr<std::unique_ptr<Pin>> Adopt(
      const Staging& staging, const image::ExtractedImage& image);

  // Says that the layers that came with `pin` are of no use to anybody: unless
  // somebody else uses them, they go with the next sweep, without a grace.
  void Abandon(const Pin& pin);

  struct Swept {
    uint64_t layers = 0;
    uint64_t bytes = 0;
    // When the next layer's grace ends.
    absl::Time next = absl::InfiniteFuture();
  };
  using InUse = std::function<std::set<std::string>()>;
  // Removes every layer that is neither pinned nor in what `in_use` returns,
  // and has not been for `grace`. `in_use` is called with the store locked.
  // After an error the rest has been done, and the next sweep tries again.
  absl::StatusOr<Swept> Sweep(const InUse& in_use, absl::Duration grace);

  // The records, by content id.
  std::map<std::string, internal::v1::LayerRecord> Records() const;
  // What all layers take on disk.
  uint64_t disk_bytes() const;

  // Where the layer `content_id` lies, if it is there.
  std::string PathOf(absl::string_view content_id) const;

 private:
  struct Entry {
    internal::v1::LayerRecord record;
    std::optional<image::Checkpoint> first_checkpoint;
    int pins = 0;
    // Since when nobody uses it; set by a sweep.
    std::optional<absl::Time> unused_since;
  };

  LayerStore(const std::string& state_dir, uint32_t id_base);
  // The digits of a content id.
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
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  // Directories without a record.
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
  // Those of them that were not in the store before.
  std::vector<std::string> fresh_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_STORE_H_
