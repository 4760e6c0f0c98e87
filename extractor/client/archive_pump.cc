#include "extractor/client/archive_pump.h"

#include <utility>

namespace faas::extractor {

ArchivePump::ArchivePump(ArchiveSource& archive, base::UniqueFd pipe)
    : pipe_(std::move(pipe)), thread_([this, &archive] {
        status_ = archive.WriteTo(pipe_.get());
        failed_ = !status_.ok();
        pipe_ = base::UniqueFd();
      }) {}

absl::Status ArchivePump::Join() {
  thread_.join();
  return status_;
}

}  // namespace faas::extractor
