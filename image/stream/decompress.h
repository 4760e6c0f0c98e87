#ifndef FAAS_IMAGE_STREAM_DECOMPRESS_H_
#define FAAS_IMAGE_STREAM_DECOMPRESS_H_

#include <memory>
#include <string>

#include "image/byte_source.h"
#include "image/limits.h"
#include "image/stream/peek.h"

namespace faas::image {

// Returns a source of the bytes that `source` holds compressed with `encoding`,
// or null for encodings without compression. It undoes one compression, never
// one within another. Several gzip members or zstd frames in a row are one
// stream, as estargz and zstd:chunked write them. `label` names the stream in
// errors: `the archive`.
//
// Errors: kTruncated when the stream ends within a member or frame, kMalformed
// for broken data, wrong checksums and bytes after the last member, kLimit for
// a zstd window larger than the limit and for more than compression_ratio
// allows.
std::unique_ptr<ByteSource> Decompress(Encoding encoding, ByteSource& source,
                                       const std::string& label,
                                       const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_STREAM_DECOMPRESS_H_
