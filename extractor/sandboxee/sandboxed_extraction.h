#ifndef FAAS_EXTRACTOR_SANDBOXEE_SANDBOXED_EXTRACTION_H_
#define FAAS_EXTRACTOR_SANDBOXEE_SANDBOXED_EXTRACTION_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "extractor/protocol/extractor_arguments.h"
#include "extractor/sandboxee/registry_link.h"
#include "extractor/sandboxee/sandbox.h"
#include "image/extract.h"
#include "image/standby_thread.h"

namespace faas::extractor {

// A SandboxedExtraction unpacks one image archive in a sandbox, as registryd
// asks for it over a socket, and tells registryd what came of it.
class SandboxedExtraction {
 public:
  // Takes the descriptor that the archive is read from and the socket to
  // registryd. Both numbers are above those of the standard streams.
  SandboxedExtraction(ExtractorArguments arguments, base::UniqueFd archive,
                      base::UniqueFd socket);

  // Starts the process in the sandbox, which speaks to registryd, and waits
  // until it ends. Returns its status as waitpid(2) has it, or an error if
  // there is no such process. Call it once, as root, in a process with one
  // thread.
  absl::StatusOr<int> Run();

 private:
  SandboxOptions MakeSandboxOptions();
  // These run in the sandbox's process, the first before it is closed.
  void StartWorker();
  int ExtractAndReport();
  absl::StatusOr<image::ExtractedImage> Extract(RegistryLink& registry);

  const ExtractorArguments arguments_;
  // They go to the sandbox's process, in which they have the same numbers.
  base::UniqueFd archive_;
  base::UniqueFd socket_;
  const int archive_number_;
  const int socket_number_;
  std::unique_ptr<image::StandbyThread> standby_thread_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_SANDBOXED_EXTRACTION_H_
