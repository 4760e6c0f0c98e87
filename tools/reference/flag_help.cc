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

// Parses the lines of one flag: "--port (TCP port.); default: 80;".
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

// Returns "512 MiB" for a flag in bytes whose default is a multiple of 1 KiB,
// and otherwise "".
std::string SizeForPeople(const FlagHelp& flag) {
  uint64_t amount;
  if (!IsInBytes(flag.name) || !absl::SimpleAtoi(flag.standard, &amount) ||
      amount == 0 || amount % 1024 != 0) {
    return "";
  }
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  amount /= 1024;
  while (amount % 1024 == 0 && unit < 3) {
    amount /= 1024;
    ++unit;
  }
  return absl::StrCat(amount, " ", units[unit]);
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
    // Lines that continue a help text are indented further.
    const bool begins_flag = absl::StartsWith(line, "    --");
    line = absl::StripAsciiWhitespace(line);
    if (begins_flag) {
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
  const std::string size = SizeForPeople(flag);
  return size.empty() ? Code(flag.standard)
                      : absl::StrCat(Code(flag.standard), " (", size, ")");
}

std::string ShortStandardText(const FlagHelp& flag) {
  const std::string size = SizeForPeople(flag);
  return size.empty() ? flag.standard : size;
}

}  // namespace faas::reference
