#include "image/inspect.h"

#include <memory>
#include <utility>

#include "common/base/status_macros.h"
#include "image/archive/archive_reader.h"
#include "image/archive/select_image.h"
#include "image/layer/layer_sink.h"

namespace faas::image {

absl::StatusOr<v1::Image> InspectImage(ByteSource& source, const Limits& limits,
                                       const std::string& reference) {
  const ArchiveObserver observer = {
      .begin_layer = [](const std::string&) { return MakeNullLayerSink(); },
      .stored = nullptr,
      .on_progress = {},
      .reference = reference};
  ASSIGN_OR_RETURN(const ReadArchiveResult archive,
                   ReadArchive(source, observer, limits));
  ASSIGN_OR_RETURN(SelectedImage selected,
                   SelectImage(archive.index, reference, limits));
  selected.image.set_archive_bytes(archive.archive_bytes);
  return std::move(selected.image);
}

}  // namespace faas::image
