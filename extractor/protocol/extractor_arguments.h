#ifndef FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_ARGUMENTS_H_
#define FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_ARGUMENTS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace faas::extractor {

// The arguments with which registryd starts an extractor:
//
//   extractor ROOT ID_BASE LAYER_BYTES ZSTD_WINDOW_LOG OPEN_FILES PARENT
struct ExtractorArguments {
  // Returns the arguments of a command line whose first element is the
  // program's name, or nothing if they are not an extractor's.
  static std::optional<ExtractorArguments> Parse(
      const std::vector<std::string>& command_line);

  // Returns the command line that starts `program` with these arguments.
  std::vector<std::string> ToCommandLine(const std::string& program) const;

  // The directory below which the extractor writes; it becomes "/" before a
  // byte of the archive is read.
  std::string root;
  // The host's id for root of the image; 0 for no user namespace.
  uint32_t id_base = 0;
  // The largest file that the extractor may write.
  uint64_t layer_bytes = 0;
  // log2 of the largest zstd window, at most 40.
  int zstd_window_log = 0;
  // How many descriptors the extractor may have.
  uint64_t open_files = 0;
  // The process id of registryd, with which the extractor ends.
  pid_t parent = 0;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_ARGUMENTS_H_
