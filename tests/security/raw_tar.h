#ifndef FAAS_TESTS_SECURITY_RAW_TAR_H_
#define FAAS_TESTS_SECURITY_RAW_TAR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "testing/tar_writer.h"

namespace faas::testing {

// Tar headers that TarWriter does not write. All have a right checksum.

inline constexpr size_t kTarBlock = 512;
// The fields of a header that tests alter.
inline constexpr size_t kSizeField = 124;
inline constexpr size_t kSizeFieldBytes = 12;
inline constexpr size_t kChecksumField = 148;
inline constexpr size_t kMagicField = 257;

// Returns the header of `entry` with `bytes` at `field`.
std::string AlteredHeader(const TarEntry& entry, size_t field,
                          absl::string_view bytes);

// Returns the header of a file of that size.
std::string SizedHeader(absl::string_view path, int64_t bytes);

// Returns a number as GNU writes those that octal digits cannot hold: two's
// complement in `width` bytes, the first of which has its highest bit set.
std::string Base256(int64_t value, size_t width = kSizeFieldBytes);

// Returns `data` and zeros up to a multiple of a block.
std::string PaddedToBlock(absl::string_view data);

// Returns a header that says something about the next entry, with its data: 'x'
// or 'g' (pax), 'L' or 'K' (GNU).
std::string SpecialEntry(char type, absl::string_view data);

// Returns a GNU sparse file in the oldest form: one piece of `data` at `offset`
// of a file of `size` bytes.
std::string GnuSparseEntry(absl::string_view path, absl::string_view data,
                           int64_t offset, int64_t size);

// Returns the two blocks of zeros at the end of a tar.
std::string EndMark();

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_RAW_TAR_H_
