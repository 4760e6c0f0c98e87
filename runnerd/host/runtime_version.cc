#include "runnerd/host/runtime_version.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace faas::runnerd {
namespace {

using Number = std::array<int, 3>;

// Parses "1.3.0-rc.2" into the number {1, 3, 0} and the suffix "-rc.2". Returns
// false, and sets nothing, if `word` has another form.
bool ParseNumber(absl::string_view word, RuntimeVersion* version) {
  absl::ConsumePrefix(&word, "v");
  const size_t end =
      std::min(word.find_first_not_of("0123456789."), word.size());
  const std::vector<absl::string_view> parts =
      absl::StrSplit(word.substr(0, end), '.');
  Number number = {};
  if (parts.size() < 2 || parts.size() > number.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!absl::SimpleAtoi(parts[i], &number[i])) return false;
  }
  version->number = number;
  version->suffix = std::string(word.substr(end));
  return true;
}

// runc 1.3.0 has a regression, which the change logs of 1.3.6 and 1.4.2
// describe as "a stuck `runc exec` or `runc run` when the container process
// runs for a short time". 1.5.0-rc.1 is older than these two.
bool HangsOnShortLivedProcesses(const RuntimeVersion& runc) {
  const Number& number = *runc.number;
  return (number >= Number{1, 3, 0} && number < Number{1, 3, 6}) ||
         (number >= Number{1, 4, 0} && number < Number{1, 4, 2}) ||
         (number == Number{1, 5, 0} &&
          (runc.suffix == "-rc.1" || absl::StartsWith(runc.suffix, "-rc.1+")));
}

}  // namespace

std::string RuntimeVersion::Text() const {
  if (!number.has_value()) return name;
  return absl::StrCat(name, " ", (*number)[0], ".", (*number)[1], ".",
                      (*number)[2], suffix);
}

RuntimeVersion ParseRuntimeVersion(absl::string_view line) {
  RuntimeVersion version;
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.empty()) return version;
  version.name = std::string(words[0]);
  size_t next = 1;
  if (next < words.size() &&
      absl::StartsWithIgnoreCase(words[next], "version")) {
    ++next;
  }
  if (next < words.size()) ParseNumber(words[next], &version);
  return version;
}

std::string KnownProblem(const RuntimeVersion& version) {
  if (version.name == "runc" && version.number.has_value() &&
      HangsOnShortLivedProcesses(version)) {
    return absl::StrCat(
        version.Text(),
        " can hang when a container's process runs for a short time only, and "
        "a client then waits in vain; install runc 1.3.6, 1.4.2 or newer, or "
        "one before 1.3.0");
  }
  return "";
}

}  // namespace faas::runnerd
