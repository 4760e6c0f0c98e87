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

// A running extractor. Ended with the object.
class ExtractorProcess {
 public:
  struct Options {
    std::string program;
    std::string staging;
    uint32_t id_base = 0;
    image::Limits limits;
  };
  // It ends with the calling thread, too.
  static absl::StatusOr<ExtractorProcess> Start(const Options& options);
  ExtractorProcess(ExtractorProcess&&) = default;
  ~ExtractorProcess();

  // Our end of the pipe for the archive, non-blocking.
  base::UniqueFd TakePipe() { return std::move(pipe_); }
  // Our end of the socket for messages; stays this object's.
  int socket() const { return socket_.get(); }

  // Kills it if it has not ended, and waits until it has, with everything in
  // its sandbox. After that nothing changes in staging any more.
  absl::StatusOr<process::ExitStatus> End();
  // Waits a while for it to end by itself, and then as above.
  absl::StatusOr<process::ExitStatus> AwaitEnd();

  // Of how many layers in the store it can have the directory open.
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
