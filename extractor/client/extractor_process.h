#ifndef FAAS_EXTRACTOR_CLIENT_EXTRACTOR_PROCESS_H_
#define FAAS_EXTRACTOR_CLIENT_EXTRACTOR_PROCESS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/process/child.h"
#include "image/limits.h"

namespace faas::extractor {

// An ExtractorProcess is a running extractor. The destructor ends it.
class ExtractorProcess {
 public:
  struct Options {
    std::string program;
    std::string staging;
    uint32_t id_base = 0;
    image::Limits limits;
  };
  // Starts an extractor. It also ends when the calling thread ends.
  static absl::StatusOr<ExtractorProcess> Start(const Options& options);
  ExtractorProcess(ExtractorProcess&&) = default;
  ~ExtractorProcess();

  // Returns the end of the pipe to which the archive is written, non-blocking.
  // Can be called once.
  base::UniqueFd TakePipe() { return std::move(pipe_); }
  // Returns the socket for messages, which this object goes on to own.
  int socket() const { return socket_.get(); }

  // Kills the extractor if it has not ended, and waits until it and all that is
  // in its sandbox have ended. After that nothing changes in its staging
  // directory. Returns how the extractor ended.
  absl::StatusOr<process::ExitStatus> End();
  // Waits a while for the extractor to end by itself, and then does what End()
  // does.
  absl::StatusOr<process::ExitStatus> AwaitEnd();

  // How many directories of stored layers an extractor can have open.
  static constexpr size_t kMaxStored = 512;

 private:
  ExtractorProcess(process::Child child, base::UniqueFd pipe,
                   base::UniqueFd socket)
      : child_(std::move(child)),
        pipe_(std::move(pipe)),
        socket_(std::move(socket)) {}

  process::Child child_;
  base::UniqueFd pipe_;
  base::UniqueFd socket_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_EXTRACTOR_PROCESS_H_
