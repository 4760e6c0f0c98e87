#ifndef FAAS_FAAS_CLI_ARCHIVE_INPUT_H_
#define FAAS_FAAS_CLI_ARCHIVE_INPUT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "image/byte_source.h"

namespace faas::cli {

// An image archive as a command is given it.
struct ArchiveInput {
  base::UniqueFd fd;
  std::string name;  // for people: "stdin", or the path
  uint64_t bytes;    // 0 if they are not known before they are read
};

// Opens a file, or standard input for "-" or "". INVALID_ARGUMENT if that is a
// terminal.
absl::StatusOr<ArchiveInput> OpenArchive(const std::string& path);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ARCHIVE_INPUT_H_
