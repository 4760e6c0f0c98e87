#include "tools/reference/flag_help.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/reference/markdown.h"

namespace faas::reference {
namespace {

constexpr absl::string_view kDefault = "); default: ";
constexpr absl::string_view kFile = "Flags from ";

// "--port (TCP port.); default: 80;"
FlagHelp ParseFlag(absl::string_view file, absl::string_view text) {
  FlagHelp flag;
  flag.file = std::string(file);
  absl::ConsumePrefix(&text, "--");
  absl::ConsumeSuffix(&text, ";");
  const size_t name = text.find(" (");
  const size_t standard = text.rfind(kDefault);
  if (name == absl::string_view::npos || standard == absl::string_view::npos) {
    return flag;
  }
  flag.name = std::string(text.substr(0, name));
  flag.help = std::string(text.substr(name + 2, standard - name - 2));
  absl::string_view value = text.substr(standard + kDefault.size());
  if (absl::ConsumePrefix(&value, "\"")) absl::ConsumeSuffix(&value, "\"");
  flag.standard = std::string(value);
  return flag;
}

bool IsInBytes(absl::string_view name) {
  return absl::StrContains(name, "bytes") || name == "store_quota" ||
         name == "store_reserve";
}

}  // namespace

std::vector<FlagHelp> ParseFlagHelp(absl::string_view output) {
  std::vector<FlagHelp> flags;
  std::string file, text;
  const auto finish = [&] {
    if (!text.empty() && !absl::StrContains(file, "absl/")) {
      flags.push_back(ParseFlag(file, text));
    }
    text.clear();
  };
  for (absl::string_view line : absl::StrSplit(output, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "--")) {
      finish();
      text = std::string(line);
    } else if (line.empty() || absl::StartsWith(line, kFile)) {
      finish();
      if (absl::ConsumePrefix(&line, kFile)) {
        file = std::string(absl::StripSuffix(line, ":"));
      }
    } else if (!text.empty()) {
      absl::StrAppend(&text, " ", line);
    }
  }
  finish();
  return flags;
}

std::string StandardText(const FlagHelp& flag) {
  uint64_t bytes;
  if (!IsInBytes(flag.name) || !absl::SimpleAtoi(flag.standard, &bytes) ||
      bytes < 1024) {
    return Code(flag.standard);
  }
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  uint64_t amount = bytes >> 10;
  while (amount % 1024 == 0 && amount > 0 && unit < 3) {
    amount >>= 10;
    ++unit;
  }
  if (amount << (10 * (unit + 1)) != bytes) return Code(flag.standard);
  return absl::StrCat(Code(flag.standard), " (", amount, " ", units[unit], ")");
}

}  // namespace faas::reference
