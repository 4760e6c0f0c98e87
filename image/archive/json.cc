#include "image/archive/json.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"

namespace faas::image {
namespace {

using nlohmann::json;

// A Shape counts what parsing would build, without building it.
struct Shape {
  size_t depth = 0;
  size_t values = 0;
};

Shape Measure(absl::string_view text) {
  Shape shape;
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      shape.depth = std::max(shape.depth, ++depth);
      ++shape.values;
    } else if (c == ']' || c == '}') {
      depth -= depth > 0 ? 1 : 0;
    } else if (c == ',') {
      ++shape.values;
    }
  }
  return shape;
}

absl::StatusOr<std::string> AsString(const json& value, const char* key,
                                     absl::string_view name,
                                     ErrorCategory category) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) {
    return ImageError(category,
                      absl::StrCat(name, ": \"", key, "\" is not text"));
  }
  if (text->find('\0') != std::string::npos) {
    return ImageError(category,
                      absl::StrCat(name, ": \"", key, "\" has a NUL in it"));
  }
  return *text;
}

}  // namespace

absl::StatusOr<json> ParseJson(absl::string_view text, absl::string_view name,
                               ErrorCategory category, const Limits& limits) {
  const Shape shape = Measure(text);
  if (shape.depth > limits.metadata_depth ||
      shape.values > limits.metadata_values) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(name, " is nested deeper than ", limits.metadata_depth,
                     " or has more than ", limits.metadata_values, " values",
                     NameLimit("max_json_depth, max_json_values")));
  }
  json document = json::parse(text.begin(), text.end(), nullptr,
                              /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return ImageError(category, absl::StrCat(name, " is not JSON"));
  }
  return document;
}

const json& Member(const json& object, const char* key) {
  static const json& null = *new json();
  const auto it = object.find(key);
  return it == object.end() ? null : *it;
}

absl::StatusOr<std::string> StringMember(const json& object, const char* key,
                                         absl::string_view name,
                                         ErrorCategory category) {
  const json& value = Member(object, key);
  if (value.is_null()) return "";
  return AsString(value, key, name, category);
}

absl::StatusOr<std::vector<std::string>> StringListMember(
    const json& object, const char* key, absl::string_view name,
    ErrorCategory category) {
  std::vector<std::string> list;
  const json& value = Member(object, key);
  if (value.is_null()) return list;
  if (!value.is_array()) {
    ASSIGN_OR_RETURN(std::string text, AsString(value, key, name, category));
    list.push_back(std::move(text));
    return list;
  }
  for (const json& element : value) {
    ASSIGN_OR_RETURN(std::string text, AsString(element, key, name, category));
    list.push_back(std::move(text));
  }
  return list;
}

}  // namespace faas::image
