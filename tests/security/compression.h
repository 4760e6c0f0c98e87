#ifndef FAAS_TESTS_SECURITY_COMPRESSION_H_
#define FAAS_TESTS_SECURITY_COMPRESSION_H_

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {

enum class Compression { kNone, kGzip, kZstd };

// Returns `data` as one gzip member or zstd frame, or as it is for kNone.
std::string Compress(Compression compression, absl::string_view data);

// Returns `gibibytes` of zeros, as many small members in a row.
std::string CompressedZeros(Compression compression, int gibibytes);

// A GzipStream is a gzip member that is written piece by piece.
class GzipStream {
 public:
  // `sink` must outlive this object.
  explicit GzipStream(const ByteSink& sink);
  ~GzipStream();

  // Return false when the sink takes no more.
  bool Write(absl::string_view bytes);
  bool Finish();

 private:
  bool Deflate(int flush);

  const ByteSink& sink_;
  z_stream stream_ = {};
  std::vector<char> out_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_COMPRESSION_H_
