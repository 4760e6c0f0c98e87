// extractor: unpacks one image archive in a sandbox; registryd starts it for
// each upload, and nobody else.
//
//   extractor ROOT ID_BASE MAX_LAYER_BYTES ZSTD_WINDOW_LOG OPEN_FILES PARENT
//
// reads the archive from kArchive, speaks extractor/protocol's messages on
// kSocket, and writes below ROOT, which becomes "/" before a byte of the
// archive is read.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "common/base/unique_fd.h"
#include "extractor/protocol/extractor_program.h"
#include "extractor/protocol/messages.h"
#include "extractor/sandboxee/registry_link.h"
#include "extractor/sandboxee/sandbox.h"
#include "image/byte_source.h"
#include "image/extract.h"
#include "image/standby_thread.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

// For the program itself, buffers, names, documents and what glibc reserves
// for its threads.
constexpr uint64_t kAddressSpaceBytes = uint64_t{1} << 30;
// zstd's window and the buffer beside it, for the archive and a layer in it.
constexpr uint64_t kZstdWindows = 4;

absl::StatusOr<image::ExtractedImage> Extract(
    int archive, RegistryLink& link, image::StandbyThread* standby_thread) {
  absl::StatusOr<internal::v1::ExtractionBegin> begin = link.AwaitBegin();
  if (!begin.ok()) return begin.status();
  image::ExtractOptions options;
  options.staging = "";  // "/0", "/1", ...
  options.limits = FromProto(begin->limits());
  options.reference = begin->reference();
  options.stored = &link;
  options.standby_thread = standby_thread;
  options.admit = [&link](uint64_t bytes) { return link.Admit(bytes); };
  options.on_progress = [&link](const image::Progress& progress) {
    link.Report(progress);
  };
  image::FdSource source(archive, ExtractorProgram::kPipeBytes / 4);
  absl::StatusOr<image::ExtractedImage> extracted =
      image::ExtractImage(source, options);
  if (!extracted.ok()) return extracted;
  // What has not been asked for yet.
  if (absl::Status status = link.Admit(0, /*ask=*/true); !status.ok()) {
    return status;
  }
  return extracted;
}

// As the sandbox did: registryd sees how it ended.
int EndAs(int status) {
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  const rlimit no_core = {};
  setrlimit(RLIMIT_CORE, &no_core);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

int Run(int argc, char** argv) {
  uint64_t id_base, layer_bytes, window_log, open_files, parent;
  if (argc != 7 || !absl::SimpleAtoi(argv[2], &id_base) ||
      !absl::SimpleAtoi(argv[3], &layer_bytes) ||
      !absl::SimpleAtoi(argv[4], &window_log) || window_log > 40 ||
      !absl::SimpleAtoi(argv[5], &open_files) ||
      !absl::SimpleAtoi(argv[6], &parent)) {
    std::fputs("extractor is registryd's: it starts one for each upload\n",
               stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != static_cast<pid_t>(parent)) return 1;
  SandboxOptions sandbox;
  sandbox.root = argv[1];
  sandbox.id_base = static_cast<uint32_t>(id_base);
  sandbox.address_space_bytes =
      kAddressSpaceBytes + (kZstdWindows << window_log);
  sandbox.file_bytes = layer_bytes;
  sandbox.open_files = open_files;
  sandbox.descriptors.emplace_back(ExtractorProgram::kArchive);
  sandbox.descriptors.emplace_back(ExtractorProgram::kSocket);
  std::unique_ptr<image::StandbyThread> standby_thread;
  const absl::StatusOr<int> status = RunInSandbox(
      std::move(sandbox),
      [&standby_thread] {
        standby_thread = std::make_unique<image::StandbyThread>();
        // A thread's first steps are system calls that no later one is.
        standby_thread->Start([] {});
        standby_thread->Wait();
      },
      [&] {
        RegistryLink to_registry(UniqueFd(ExtractorProgram::kSocket));
        to_registry.Finish(Extract(ExtractorProgram::kArchive, to_registry,
                                   standby_thread.get()));
        return 0;
      },
      [&](const absl::Status& failure) {
        RegistryLink(UniqueFd(ExtractorProgram::kSocket)).Finish(failure);
      });
  if (status.ok()) return EndAs(*status);
  std::fprintf(stderr, "extractor: %s\n",
               std::string(status.status().message()).c_str());
  return 1;
}

}  // namespace
}  // namespace faas::extractor

int main(int argc, char** argv) { return faas::extractor::Run(argc, argv); }
