#ifndef FAAS_IMAGE_LAYER_ENTRY_PATH_H_
#define FAAS_IMAGE_LAYER_ENTRY_PATH_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::image {

// The last component of an entry's name begins so if the entry hides something.
constexpr absl::string_view kWhiteoutPrefix = ".wh.";

// Returns `name`, from a tar, as a path below the root: components joined by
// single slashes, without a leading or trailing slash and without ".". "" is
// the root itself. Returns nothing if a component is "..".
std::optional<std::string> NormalizeEntryPath(absl::string_view name);

// Return the part before the last slash, "" if there is none, and the part
// after it.
absl::string_view Parent(absl::string_view path);
absl::string_view BaseName(absl::string_view path);

// Returns `directory` and `name` joined. Either may be empty.
std::string JoinPath(absl::string_view directory, absl::string_view name);

// Returns where `target`, seen from `directory`, leads if no component is a
// symlink. Returns nothing if it climbs above the root. An absolute target
// starts at the root.
std::optional<std::string> ResolveLexically(absl::string_view directory,
                                            absl::string_view target);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_ENTRY_PATH_H_
