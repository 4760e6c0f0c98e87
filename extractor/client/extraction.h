#ifndef FAAS_EXTRACTOR_CLIENT_EXTRACTION_H_
#define FAAS_EXTRACTOR_CLIENT_EXTRACTION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "extractor/client/archive_source.h"
#include "image/extract.h"
#include "image/limits.h"
#include "image/stored_layer.h"

namespace faas::extractor {

struct ExtractionOptions {
  // The program extractor.
  std::string program;
  // An empty directory, which becomes the extractor's and all that it sees. No
  // symlink leads to it.
  std::string staging;
  uint32_t id_base = 0;  // see image::Owners
  image::Limits limits;
  // As in image::ExtractOptions; called on the caller's thread.
  std::string reference;
  image::StoredLayers* stored = nullptr;
  std::function<absl::Status(uint64_t bytes)> admit;
  std::function<void(const image::Progress&)> on_progress;
  // Whether there is room on the disk still, whatever was admitted: asked now
  // and then; its error ends the extraction.
  std::function<absl::Status()> check_room;
  // Whether the client has gone.
  std::function<bool()> cancelled;
};

// image::ExtractImage in a process of its own, an extractor in its sandbox
// (extractor/sandboxee/sandbox.h): registryd does not look at a byte of the
// archive. The errors are the same, and
//
//   CANCELLED   soon after `cancelled` says so
//   kStorage    the extractor was ended by a signal, or says what it must not
//
// and those of `archive`. When this returns the extractor has ended, and with
// it everything that it might have started. Blocks; `archive` is read on a
// thread of its own.
absl::StatusOr<image::ExtractedImage> ExtractApart(
    ArchiveSource& archive, const ExtractionOptions& options);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_EXTRACTION_H_
