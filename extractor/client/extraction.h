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
  // The path of the program extractor.
  std::string program;
  // An empty directory below which the extractor writes. It becomes the owner
  // of the directory and sees nothing else. The path contains no symlinks.
  std::string staging;
  uint32_t id_base = 0;  // see image::Owners
  image::Limits limits;
  // The next four are as in image::ExtractOptions. The functions are called on
  // the caller's thread.
  std::string reference;
  image::StoredLayers* stored = nullptr;
  std::function<absl::Status(uint64_t bytes)> admit;
  std::function<void(const image::Progress&)> on_progress;
  // Returns an error if the disk has no room left, whatever was admitted.
  // Called every now and then; its error ends the extraction.
  std::function<absl::Status()> check_room;
  // Returns whether the client has gone.
  std::function<bool()> cancelled;
};

// Does what image::ExtractImage does, but in a process of its own: an extractor
// in its sandbox (extractor/sandboxee/sandbox.h) reads the archive, and
// registryd does not look at a byte of it. Returns the same errors, those of
// `archive`, and
//
//   CANCELLED   soon after `cancelled` returns true
//   kStorage    if a signal ended the extractor, or it said what it must not
//
// When this returns, the extractor has ended, and with it all processes that it
// might have started. Blocks; `archive` is read on a thread of its own.
absl::StatusOr<image::ExtractedImage> ExtractApart(
    ArchiveSource& archive, const ExtractionOptions& options);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_EXTRACTION_H_
