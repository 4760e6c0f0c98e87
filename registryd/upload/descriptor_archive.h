#ifndef FAAS_REGISTRYD_UPLOAD_DESCRIPTOR_ARCHIVE_H_
#define FAAS_REGISTRYD_UPLOAD_DESCRIPTOR_ARCHIVE_H_

#include <functional>

#include "common/base/unique_fd.h"
#include "extractor/client/archive_source.h"
#include "extractor/client/pipe_writer.h"

namespace faas::registryd {

// An archive that a client has passed to registryd as the descriptor of a file
// or a pipe. Writing it returns CANCELLED once `cancelled` says that the client
// has gone, because a pipe may never end.
//
// The extractor does not get the descriptor: with it, it could change the
// file's mode, owner and position, and perhaps its content. Its pages are
// spliced into the extractor's pipe instead.
class DescriptorArchive : public extractor::ArchiveSource {
 public:
  DescriptorArchive(base::UniqueFd archive, std::function<bool()> cancelled);
  absl::Status WriteTo(int pipe) override;

 private:
  absl::Status Copy(extractor::PipeWriter& writer);

  const base::UniqueFd archive_;
  const bool is_pipe_;
  const std::function<bool()> cancelled_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_UPLOAD_DESCRIPTOR_ARCHIVE_H_
