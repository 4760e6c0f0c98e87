#ifndef FAAS_REGISTRYD_STORE_LAYER_STAGING_H_
#define FAAS_REGISTRYD_STORE_LAYER_STAGING_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "image/stored_layer.h"
#include "registryd/store/layer_store.h"

namespace faas::registryd {

// Also what the image library asks for layers that are there; those that it was
// told of stay as long as the object lives.
//
// The directory at path() is for who extracts, a stranger perhaps, and lies in
// one that is only the store's.
class LayerStore::Staging : public image::StoredLayers {
 public:
  Staging(LayerStore* store, std::string holder)
      : store_(store), holder_(std::move(holder)), path_(holder_ + "/root") {}
  ~Staging() override;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Empty at first.
  const std::string& path() const { return path_; }
  // Where the store puts a layer together, out of the extractor's reach.
  std::string PlaceOf(absl::string_view content_id) const;

  std::optional<image::Layer> FindBlob(const std::string& digest) override;
  std::optional<image::Layer> FindDiffId(const std::string& diff_id) override;
  std::vector<image::Layer> FindBeginning(
      const image::Checkpoint& first) override;

 private:
  template <typename Matches>
  std::vector<image::Layer> FindAndPin(Matches matches);

  LayerStore* const store_;
  const std::string holder_;
  const std::string path_;
  std::set<std::string> pinned_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_STAGING_H_
