#include "extractor/sandboxee/sandboxed_extraction.h"

#include <cstdint>
#include <utility>

#include "common/base/status_macros.h"
#include "extractor/protocol/extractor_program.h"
#include "extractor/protocol/messages.h"
#include "image/byte_source.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

// Memory for the program itself, its buffers, the names and documents of an
// image, and what glibc reserves for each thread.
constexpr uint64_t kAddressSpaceBytes = uint64_t{1} << 30;
// The archive and a layer in it may both be compressed with zstd, and each has
// a window and a buffer of the same size.
constexpr uint64_t kZstdWindows = 4;

}  // namespace

SandboxedExtraction::SandboxedExtraction(ExtractorArguments arguments,
                                         UniqueFd archive, UniqueFd socket)
    : arguments_(std::move(arguments)),
      archive_(std::move(archive)),
      socket_(std::move(socket)),
      archive_number_(archive_.get()),
      socket_number_(socket_.get()) {}

SandboxOptions SandboxedExtraction::MakeSandboxOptions() {
  SandboxOptions options;
  options.root = arguments_.root;
  options.id_base = arguments_.id_base;
  options.address_space_bytes =
      kAddressSpaceBytes + (kZstdWindows << arguments_.zstd_window_log);
  options.file_bytes = arguments_.layer_bytes;
  options.open_files = arguments_.open_files;
  options.descriptors.push_back(std::move(archive_));
  options.descriptors.push_back(std::move(socket_));
  return options;
}

absl::StatusOr<int> SandboxedExtraction::Run() {
  return RunInSandbox(
      MakeSandboxOptions(), [this] { StartWorker(); },
      [this] { return ExtractAndReport(); },
      [this](const absl::Status& failure) {
        RegistryLink(UniqueFd(socket_number_)).Finish(failure);
      });
}

void SandboxedExtraction::StartWorker() {
  standby_thread_ = std::make_unique<image::StandbyThread>();
  // A thread begins with system calls that the sandbox does not allow.
  standby_thread_->Start([] {});
  standby_thread_->Wait();
}

int SandboxedExtraction::ExtractAndReport() {
  RegistryLink registry((UniqueFd(socket_number_)));
  registry.Finish(Extract(registry));
  return 0;
}

absl::StatusOr<image::ExtractedImage> SandboxedExtraction::Extract(
    RegistryLink& registry) {
  ASSIGN_OR_RETURN(const internal::v1::ExtractionBegin begin,
                   registry.AwaitBegin());
  image::ExtractOptions options;
  options.staging = "";  // Layers are written to "/0", "/1", ...
  options.limits = FromProto(begin.limits());
  options.reference = begin.reference();
  options.stored = &registry;
  options.standby_thread = standby_thread_.get();
  options.admit = [&registry](uint64_t bytes) { return registry.Admit(bytes); };
  options.on_progress = [&registry](const image::Progress& progress) {
    registry.Report(progress);
  };
  image::FdSource source(archive_number_, ExtractorProgram::kPipeBytes / 4);
  ASSIGN_OR_RETURN(image::ExtractedImage extracted,
                   image::ExtractImage(source, options));
  // The last bytes may not have been asked for yet.
  RETURN_IF_ERROR(registry.Admit(0, /*ask=*/true));
  return extracted;
}

}  // namespace faas::extractor
