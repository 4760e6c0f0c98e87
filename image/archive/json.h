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

// Parses a stranger's JSON. `name` names the document in errors. They are of
// `category`, or of kLimit if the document is nested too deep or has too many
// values.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text,
                                         absl::string_view name,
                                         ErrorCategory category,
                                         const Limits& limits);

// Returns the member `key` of an object, or null if there is none, or if
// `object` is not an object.
const nlohmann::json& Member(const nlohmann::json& object, const char* key);

// Returns a member that is a string, or "" if it is absent or null. Errors of
// this function and the next name the document and the key, and have
// `category`. A string with a NUL byte is an error, because the uses of the
// string would end at the NUL.
absl::StatusOr<std::string> StringMember(const nlohmann::json& object,
                                         const char* key,
                                         absl::string_view name,
                                         ErrorCategory category);

// Returns a member that is a list of strings, or one string, or absent or null.
absl::StatusOr<std::vector<std::string>> StringListMember(
    const nlohmann::json& object, const char* key, absl::string_view name,
    ErrorCategory category);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_JSON_H_
