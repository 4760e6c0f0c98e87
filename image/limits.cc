#include "image/limits.h"

#include "absl/strings/str_cat.h"

namespace faas::image {

std::string NameLimit(absl::string_view name) {
  return absl::StrCat(" (limit ", name, ")");
}

}  // namespace faas::image
