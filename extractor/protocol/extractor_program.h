#ifndef FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_
#define FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_

#include <cstddef>

namespace faas::extractor {

// What registryd and the program extractor know of each other; its arguments
// are in extractor/sandboxee/main.cc.
struct ExtractorProgram {
  // Its descriptors: the archive's bytes, a pipe, and the socket for messages.
  static constexpr int kArchive = 3;
  static constexpr int kSocket = 4;
  // What the pipe may hold.
  static constexpr size_t kPipeBytes = size_t{1} << 20;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_EXTRACTOR_PROGRAM_H_
