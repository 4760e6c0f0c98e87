#ifndef FAAS_IMAGE_ARCHIVE_JSON_H_
#define FAAS_IMAGE_ARCHIVE_JSON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/error.h"
#include "image/limits.h"
#include "nlohmann/json.hpp"

namespace faas::image {

// Parses a stranger's JSON. `name` names the document in errors, which have
// `category`, or kLimit if it is nested too deep or has too many values.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text,
                                         absl::string_view name,
                                         ErrorCategory category,
                                         const Limits& limits);

// The member `key` of an object, or null if there is none, or no object.
const nlohmann::json& Member(const nlohmann::json& object, const char* key);

// A member that is a string, or absent or null, which gives "". Errors name the
// document and the key, and have `category`; so have the next one's. Strings
// with NUL in them are errors: no use of them survives it.
absl::StatusOr<std::string> StringMember(const nlohmann::json& object,
                                         const char* key,
                                         absl::string_view name,
                                         ErrorCategory category);

// A member that is a list of strings, or one string, or absent or null.
absl::StatusOr<std::vector<std::string>> StringListMember(
    const nlohmann::json& object, const char* key, absl::string_view name,
    ErrorCategory category);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_JSON_H_
