#include "image/layer/entry_path.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace faas::image {
namespace {

// Returns whether `component` says nothing: "" from doubled slashes, or ".".
bool IsVoid(absl::string_view component) {
  return component.empty() || component == ".";
}

}  // namespace

std::optional<std::string> NormalizeEntryPath(absl::string_view name) {
  std::string path;
  path.reserve(name.size());
  for (const absl::string_view component : absl::StrSplit(name, '/')) {
    if (IsVoid(component)) continue;
    if (component == "..") return std::nullopt;
    if (!path.empty()) path += '/';
    path.append(component.data(), component.size());
  }
  return path;
}

absl::string_view Parent(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string JoinPath(absl::string_view directory, absl::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  return absl::StrCat(directory, "/", name);
}

std::optional<std::string> ResolveLexically(absl::string_view directory,
                                            absl::string_view target) {
  std::vector<absl::string_view> components;
  const bool absolute = !target.empty() && target[0] == '/';
  for (const absl::string_view text :
       {absolute ? absl::string_view() : directory, target}) {
    for (const absl::string_view component : absl::StrSplit(text, '/')) {
      if (IsVoid(component)) continue;
      if (component != "..") {
        components.push_back(component);
      } else if (!components.empty()) {
        components.pop_back();
      } else if (!absolute) {
        return std::nullopt;
      }
    }
  }
  return absl::StrJoin(components, "/");
}

}  // namespace faas::image
