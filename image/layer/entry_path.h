#ifndef FAAS_IMAGE_LAYER_ENTRY_PATH_H_
#define FAAS_IMAGE_LAYER_ENTRY_PATH_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::image {

// What the last component of an entry's name begins with if it hides something.
constexpr absl::string_view kWhiteoutPrefix = ".wh.";

// `name`, from a tar, as a path below the root: components joined by single
// slashes, without a leading or trailing slash and without "."; "" is the root
// itself. Empty if a component is "..".
std::optional<std::string> NormalizeEntryPath(absl::string_view name);

// The part before the last slash, "" if there is none, and the part after it.
absl::string_view Parent(absl::string_view path);
absl::string_view BaseName(absl::string_view path);

// `directory` and `name` joined; either may be empty.
std::string JoinPath(absl::string_view directory, absl::string_view name);

// Where a relative `target`, seen from `directory`, leads lexically; ".." is
// taken literally. Empty if it climbs above the root. An absolute target
// starts at the root.
std::optional<std::string> ResolveLexically(absl::string_view directory,
                                            absl::string_view target);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_ENTRY_PATH_H_
