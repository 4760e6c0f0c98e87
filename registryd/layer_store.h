#ifndef FAAS_REGISTRYD_LAYER_STORE_H_
#define FAAS_REGISTRYD_LAYER_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace faas::registryd {

// Layers on disk: <state_dir>/layers/<64 hexadecimal digits>, each complete and
// durable, and <state_dir>/staging, where everything begins and ends its life:
// what is found there at a start is garbage. Thread-safe.
class LayerStore {
 public:
  // Creates the directories and empties staging.
  static absl::StatusOr<std::unique_ptr<LayerStore>> Open(
      const std::string& state_dir);

  // A directory of its own below staging, removed with the object.
  class Staging;
  absl::StatusOr<std::unique_ptr<Staging>> NewStaging();

  // Keeps layers from being swept while it lives: those of a function that is
  // not in the registry yet.
  class Pin;

  // A staged layer on its way into the store.
  struct StagedLayer {
    std::string content_id;  // "sha256:" and 64 hexadecimal digits
    std::string directory;
  };
  // Makes the staged layers durable and moves those into the store that it
  // does not have. The caller holds `pin` until the registry names them.
  absl::StatusOr<std::unique_ptr<Pin>> Adopt(
      const std::vector<StagedLayer>& layers);

  // Removes every layer that is neither pinned nor in what `in_use` returns.
  // `in_use` is called with the store locked.
  absl::Status Sweep(const std::function<std::set<std::string>()>& in_use);

  // Where the layer `content_id` lies, if it is there.
  std::string PathOf(absl::string_view content_id) const;

 private:
  explicit LayerStore(const std::string& state_dir);
  void Unpin(const std::vector<std::string>& content_ids);
  absl::StatusOr<std::vector<std::string>> MoveUnusedAway(
      const std::function<std::set<std::string>()>& in_use);

  const std::string layers_;
  const std::string staging_;
  absl::Mutex mutex_;
  std::map<std::string, int> pins_ ABSL_GUARDED_BY(mutex_);
};

class LayerStore::Staging {
 public:
  explicit Staging(std::string path) : path_(std::move(path)) {}
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

class LayerStore::Pin {
 public:
  Pin(LayerStore* store, std::vector<std::string> content_ids)
      : store_(store), content_ids_(std::move(content_ids)) {}
  ~Pin() { store_->Unpin(content_ids_); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

 private:
  LayerStore* const store_;
  const std::vector<std::string> content_ids_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_LAYER_STORE_H_
