// Extracts an archive and says how fast:
//   extract_benchmark ARCHIVE DIRECTORY
// DIRECTORY must not exist; it stays, and `sync -f` is in the figure.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/fs/file.h"
#include "image/extract.h"
#include "image/inspect.h"

namespace {

absl::Status Run(const char* archive, const std::string& directory) {
  using faas::base::UniqueFd;
  auto status = faas::fs::MakeDirectories(directory, 0700);
  if (!status.ok()) return status;
  const UniqueFd fd(open(archive, O_RDONLY | O_CLOEXEC));
  faas::image::FdSource source(fd.get());
  const absl::Time begin = absl::Now();
  const auto extracted = faas::image::ExtractImage(
      source, {.staging = directory, .owners = {.keep = geteuid() == 0}});
  if (!extracted.ok()) return extracted.status();
  const absl::Time written = absl::Now();
  const UniqueFd root(open(directory.c_str(), O_RDONLY | O_CLOEXEC));
  syncfs(root.get());
  const absl::Time synced = absl::Now();
  const double mebibytes =
      static_cast<double>(extracted->image.archive_bytes()) / (1 << 20);
  std::cout << absl::StreamFormat(
      "%.0f MiB: extract %.3f s (%.0f MiB/s), sync %.3f s, together %.3f s\n",
      mebibytes, absl::ToDoubleSeconds(written - begin),
      mebibytes / absl::ToDoubleSeconds(written - begin),
      absl::ToDoubleSeconds(synced - written),
      absl::ToDoubleSeconds(synced - begin));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: extract_benchmark ARCHIVE DIRECTORY\n";
    return 2;
  }
  const absl::Status status = Run(argv[1], argv[2]);
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
