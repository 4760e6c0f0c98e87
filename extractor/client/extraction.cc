#include "extractor/client/extraction.h"

#include <string.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/process/child.h"
#include "extractor/client/archive_pump.h"
#include "extractor/client/conversation.h"
#include "extractor/client/extractor_process.h"
#include "image/error.h"

namespace faas::extractor {
namespace {

// Returns the error of an extractor that ended without a result.
absl::Status Ended(const process::ExitStatus& status) {
  return image::StorageError(absl::InternalError(
      status.signal != 0
          ? absl::StrCat("the extractor was ended by signal ", status.signal,
                         " (", strsignal(status.signal),
                         "); the image is not deployed")
          : absl::StrCat("the extractor ended with code ", status.code,
                         " and without a result; the log says why")));
}

}  // namespace

absl::StatusOr<image::ExtractedImage> ExtractApart(
    ArchiveSource& archive, const ExtractionOptions& options) {
  absl::StatusOr<ExtractorProcess> extractor =
      ExtractorProcess::Start({.program = options.program,
                               .staging = options.staging,
                               .id_base = options.id_base,
                               .limits = options.limits});
  if (!extractor.ok()) return image::StorageError(extractor.status());
  ArchivePump pump(archive, extractor->TakePipe());
  absl::StatusOr<Conversation::Result> result =
      Conversation(extractor->socket(), options).Run([&pump] {
        return pump.failed();
      });
  // An extractor that has a result, or that has ended, ends by itself: how it
  // does is of interest. Any other is killed.
  const bool done = result.ok() && !pump.failed();
  const absl::StatusOr<process::ExitStatus> ended =
      done ? extractor->AwaitEnd() : extractor->End();
  RETURN_IF_ERROR(pump.Join());
  if (!ended.ok()) return image::StorageError(ended.status());
  log::Line("extract",
            absl::StrCat("The extractor took ", ended->max_rss_bytes >> 10,
                         " KiB of memory"));
  RETURN_IF_ERROR(result.status());
  if (!result->has_value()) return Ended(*ended);
  return **std::move(result);
}

}  // namespace faas::extractor
