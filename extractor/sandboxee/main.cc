// extractor: unpacks one image archive in a sandbox. registryd starts it for
// each upload with the command line of ExtractorArguments and the descriptors
// of ExtractorProgram; nobody else does.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "extractor/protocol/extractor_arguments.h"
#include "extractor/protocol/extractor_program.h"
#include "extractor/sandboxee/sandboxed_extraction.h"

namespace faas::extractor {
namespace {

// Ends as the process in the sandbox did, so that registryd sees how.
int EndAs(int status) {
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  const rlimit no_core = {};
  setrlimit(RLIMIT_CORE, &no_core);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

int Run(int argc, char** argv) {
  const std::optional<ExtractorArguments> arguments =
      ExtractorArguments::Parse({argv, argv + argc});
  if (!arguments.has_value()) {
    std::fputs("extractor is registryd's: it starts one for each upload\n",
               stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != arguments->parent) return 1;
  const absl::StatusOr<int> status =
      SandboxedExtraction(*arguments,
                          base::UniqueFd(ExtractorProgram::kArchive),
                          base::UniqueFd(ExtractorProgram::kSocket))
          .Run();
  if (status.ok()) return EndAs(*status);
  std::fprintf(stderr, "extractor: %s\n",
               std::string(status.status().message()).c_str());
  return 1;
}

}  // namespace
}  // namespace faas::extractor

int main(int argc, char** argv) { return faas::extractor::Run(argc, argv); }
