#ifndef FAAS_TESTING_ERROR_OUTPUT_H_
#define FAAS_TESTING_ERROR_OUTPUT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace faas::testing {

// Returns what `faas` wrote to standard error (`err`) without the lines that
// only tell how far an upload is. A deploy that takes longer than five seconds
// writes such lines, so on a slow machine they stand before the error. Every
// other line is kept as it is.
std::string WithoutProgress(absl::string_view err);

}  // namespace faas::testing

#endif  // FAAS_TESTING_ERROR_OUTPUT_H_
