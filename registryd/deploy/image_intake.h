#ifndef FAAS_REGISTRYD_DEPLOY_IMAGE_INTAKE_H_
#define FAAS_REGISTRYD_DEPLOY_IMAGE_INTAKE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "extractor/client/archive_source.h"
#include "faas/v1/function.pb.h"
#include "image/extract.h"
#include "image/limits.h"
#include "registryd/store/layer_staging.h"
#include "registryd/store/layer_store.h"
#include "registryd/store/store_space.h"

namespace faas::registryd {

// An ImageIntake takes archives in: an extractor unpacks one while it arrives,
// and the layers that are new become the store's. Thread-safe.
class ImageIntake {
 public:
  struct Options {
    // The program that unpacks archives.
    std::string extractor;
    image::Limits limits;
    uint32_t id_base = 0;  // see image::Owners
  };
  // Borrows the store and the space, which must outlive it.
  ImageIntake(Options options, LayerStore* store, StoreSpace* space);

  struct Upload {
    // Read to its end unless there is an error.
    extractor::ArchiveSource& archive;
    // Which image of several is meant; see image::ExtractOptions.
    std::string reference;
    std::function<void(const image::Progress&)> on_progress;
    // Says whether the client has gone, which ends the extraction.
    std::function<bool()> cancelled;
  };

  struct Taken {
    v1::Image image;
    // Keeps the image's layers until a function in the registry names them.
    std::unique_ptr<LayerStore::Pin> pin;
  };

  // Reads an archive and stores its layers. Returns the errors of
  // extractor::ExtractApart as ImageFailure has them; then the store has
  // nothing of the image that it did not have before. Blocks.
  absl::StatusOr<Taken> Take(const Upload& upload);

 private:
  absl::StatusOr<image::ExtractedImage> Extract(LayerStore::Staging& staging,
                                                StoreSpace::Upload& space,
                                                const Upload& upload);

  const Options options_;
  LayerStore* const store_;
  StoreSpace* const space_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_IMAGE_INTAKE_H_
