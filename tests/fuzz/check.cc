#include "tests/fuzz/check.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "image/error.h"

namespace faas::fuzz {
namespace {

// The message has its prefix here. gRPC drops errors that do not fit into 8 KiB
// of headers.
constexpr size_t kMaxMessageBytes = 1100;

}  // namespace

void Check(bool condition, absl::string_view what) {
  if (condition) return;
  fprintf(stderr, "FAILED: %s\n", std::string(what).c_str());
  abort();
}

void CheckImageError(const absl::Status& status) {
  const auto category = image::CategoryOf(status);
  Check(category.has_value(), absl::StrCat("a category: ", status.ToString()));
  Check(*category != image::ErrorCategory::kStorage,
        absl::StrCat("not an error of the disk: ", status.ToString()));
  Check(absl::StartsWith(status.message(), "Invalid Docker image: "),
        absl::StrCat("the prefix: ", status.ToString()));
  Check(status.message().size() <= kMaxMessageBytes,
        absl::StrCat("short: ", status.ToString()));
  Check(base::Printable(status.message()) == status.message(),
        absl::StrCat("printable: ", base::Printable(status.message())));
}

}  // namespace faas::fuzz
