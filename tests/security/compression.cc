#include "tests/security/compression.h"

#include <cstdlib>

#include "testing/compress.h"

namespace faas::testing {
namespace {

// This asks for a gzip header rather than a zlib one.
constexpr int kWindowBits = 15 + 16;

}  // namespace

GzipStream::GzipStream(const ByteSink& sink) : sink_(sink), out_(1 << 18) {
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kWindowBits,
                   MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
}

GzipStream::~GzipStream() { deflateEnd(&stream_); }

bool GzipStream::Write(absl::string_view bytes) {
  // zlib does not write through next_in.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  return Deflate(Z_NO_FLUSH);
}

bool GzipStream::Finish() { return Deflate(Z_FINISH); }

bool GzipStream::Deflate(int flush) {
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    if (deflate(&stream_, flush) == Z_STREAM_ERROR) std::abort();
    if (!sink_(
            absl::string_view(out_.data(), out_.size() - stream_.avail_out))) {
      return false;
    }
  } while (stream_.avail_out == 0);
  return true;
}

std::string Compress(Compression compression, absl::string_view data) {
  switch (compression) {
    case Compression::kGzip:
      return Gzip(data);
    case Compression::kZstd:
      return Zstd(data);
    case Compression::kNone:
      return std::string(data);
  }
  std::abort();
}

std::string CompressedZeros(Compression compression, int gibibytes) {
  constexpr size_t kMemberBytes = size_t{64} << 20;
  constexpr int kMembersPerGibibyte = 16;
  const std::string member =
      Compress(compression, std::string(kMemberBytes, '\0'));
  std::string all;
  for (int i = 0; i < gibibytes * kMembersPerGibibyte; ++i) all += member;
  return all;
}

}  // namespace faas::testing
