#ifndef FAAS_TESTING_COMPRESS_H_
#define FAAS_TESTING_COMPRESS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace faas::testing {

// Returns `data` as one gzip member, as `gzip --fast` makes it.
std::string Gzip(absl::string_view data);

// Returns `data` as one zstd frame with a checksum, as `zstd` makes it.
std::string Zstd(absl::string_view data);

}  // namespace faas::testing

#endif  // FAAS_TESTING_COMPRESS_H_
