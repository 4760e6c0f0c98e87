#ifndef FAAS_FAAS_CLI_ARCHIVE_INPUT_H_
#define FAAS_FAAS_CLI_ARCHIVE_INPUT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "image/byte_source.h"

namespace faas::cli {

// An ArchiveInput is an open image archive.
struct ArchiveInput {
  base::UniqueFd fd;
  // The name for messages: "stdin", or the path.
  std::string name;
  // The size in bytes; 0 if it is unknown before the archive has been read.
  uint64_t bytes;
};

// Opens a file, or standard input for "-" or "". Returns INVALID_ARGUMENT for a
// terminal and for a directory.
absl::StatusOr<ArchiveInput> OpenArchive(const std::string& path);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ARCHIVE_INPUT_H_
