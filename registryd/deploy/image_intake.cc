#include "registryd/deploy/image_intake.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "extractor/client/extraction.h"
#include "registryd/deploy/image_failure.h"
#include "registryd/registry/storage_failure.h"

namespace faas::registryd {
namespace {

void LogLayers(const image::ExtractedImage& extracted) {
  uint64_t stored = 0;
  for (const image::Layer& layer : extracted.layers) {
    stored += layer.stored ? 1 : 0;
  }
  log::Line(
      "extract",
      absl::StrCat(
          "Found ", extracted.layers.size(), " layers",
          stored == 0 ? "" : absl::StrCat(" (", stored, " stored already)")));
}

}  // namespace

ImageIntake::ImageIntake(Options options, LayerStore* store, StoreSpace* space)
    : options_(std::move(options)), store_(store), space_(space) {}

absl::StatusOr<ImageIntake::Taken> ImageIntake::Take(const Upload& upload) {
  const auto staging = store_->NewStaging();
  if (!staging.ok()) return StorageFailure(staging.status());
  // What was admitted counts as used until the store has the layers.
  const auto space = space_->BeginUpload();
  ASSIGN_OR_RETURN(image::ExtractedImage extracted,
                   Extract(**staging, *space, upload));
  LogLayers(extracted);
  auto pin = store_->Adopt(**staging, extracted);
  if (!pin.ok()) return StorageFailure(pin.status());
  return Taken{std::move(extracted.image), *std::move(pin)};
}

absl::StatusOr<image::ExtractedImage> ImageIntake::Extract(
    LayerStore::Staging& staging, StoreSpace::Upload& space,
    const Upload& upload) {
  log::Line("extract", absl::StrCat("Extracting tarball to ", staging.path()));
  absl::Status status = space.Admit(0);
  if (!status.ok()) return ImageFailure(std::move(status));
  auto extracted = extractor::ExtractApart(
      upload.archive,
      {.program = options_.extractor,
       .staging = staging.path(),
       .id_base = options_.id_base,
       .limits = options_.limits,
       .reference = upload.reference,
       .stored = &staging,
       .admit = [&space](uint64_t bytes) { return space.Admit(bytes); },
       .on_progress = upload.on_progress,
       .check_room = [&space] { return space.Check(); },
       .cancelled = upload.cancelled});
  if (!extracted.ok()) return ImageFailure(extracted.status());
  return extracted;
}

}  // namespace faas::registryd
