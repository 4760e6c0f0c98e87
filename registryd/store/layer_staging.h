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

// A Staging is a directory into which the layers of one image are extracted. It
// removes the directory when it is destroyed. It also answers the extraction's
// questions for layers that the store has; the layers that it has returned stay
// in the store until then. One thread at a time.
//
// The extractor may have been taken over by the image that it reads. So it owns
// only the directory at path(), which is in one that only the store may use.
class LayerStore::Staging : public image::StoredLayers {
 public:
  Staging(LayerStore* store, std::string holder)
      : store_(store), holder_(std::move(holder)), path_(holder_ + "/root") {}
  ~Staging() override;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Where layers are extracted to. The directory is empty at first.
  const std::string& path() const { return path_; }
  // Returns where the store puts a layer's tree and its record together before
  // it adopts them. The extractor cannot reach that directory.
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
