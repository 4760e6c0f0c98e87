#ifndef FAAS_TESTS_FUZZ_CHECK_H_
#define FAAS_TESTS_FUZZ_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::fuzz {

// Ends the process, as a finding, if `condition` is false. `what` is what
// should have been true.
void Check(bool condition, absl::string_view what);

// Checks what holds for each error of the image library: it has a category, is
// one short line that a terminal can show, and is not the disk's fault. A fuzz
// target has no disk that fails, so an error of that kind would mean that the
// library lost track of what is where.
void CheckImageError(const absl::Status& status);

}  // namespace faas::fuzz

#endif  // FAAS_TESTS_FUZZ_CHECK_H_
