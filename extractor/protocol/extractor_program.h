#ifndef FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_
#define FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_

#include <cstddef>

namespace faas::extractor {

// The descriptors with which registryd starts an extractor.
struct ExtractorProgram {
  // The pipe from which it reads the archive.
  static constexpr int kArchive = 3;
  // The socket over which it exchanges messages with registryd.
  static constexpr int kSocket = 4;
  // How many bytes the pipe holds.
  static constexpr size_t kPipeBytes = size_t{1} << 20;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_
