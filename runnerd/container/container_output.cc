#include "runnerd/container/container_output.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"

namespace faas::runnerd {

absl::StatusOr<std::unique_ptr<ContainerOutput>> ContainerOutput::Create(
    event::EventLoop* loop, size_t limit_bytes,
    const std::function<void()>& on_end) {
  std::unique_ptr<ContainerOutput> output(new ContainerOutput);
  ASSIGN_OR_RETURN(output->stdout_,
                   OutputCapture::Create(loop, limit_bytes, on_end));
  ASSIGN_OR_RETURN(output->stderr_,
                   OutputCapture::Create(loop, limit_bytes, on_end));
  return output;
}

void ContainerOutput::CloseWriteEnds() {
  stdout_->CloseWriteEnd();
  stderr_->CloseWriteEnd();
}

void ContainerOutput::Drain() {
  stdout_->Drain();
  stderr_->Drain();
}

std::string ContainerOutput::LastErrorLine() {
  stderr_->Drain();
  const std::string text = stderr_->Text();
  const std::string line = text.substr(text.find_last_of('\n') + 1);
  const size_t message = line.find(" msg=\"");
  if (!absl::StartsWith(line, "time=") || message == std::string::npos) {
    return line;
  }
  return absl::StrReplaceAll(absl::StripSuffix(line.substr(message + 6), "\""),
                             {{"\\\"", "\""}});
}

void ContainerOutput::Log() const {
  if (const std::string text = stdout_->Text(); !text.empty()) {
    log::Line("request", "Container stdout: " + base::PrintableLines(text));
  }
  if (const std::string text = stderr_->Text(); !text.empty()) {
    log::Line("request", "Container stderr: " + base::PrintableLines(text));
  }
}

}  // namespace faas::runnerd
