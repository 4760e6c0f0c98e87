#include "tools/reference/markdown.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace faas::reference {
namespace {

constexpr absl::string_view kBefore = "(\"";
constexpr absl::string_view kAfter = ".,;:?)\"";

bool IsCode(absl::string_view word) {
  return absl::StartsWith(word, "--") || absl::StrContains(word, '_') ||
         (word.size() > 1 && (word[0] == '/' || word[0] == '<'));
}

std::string ProseWord(absl::string_view word) {
  const size_t begin = word.find_first_not_of(kBefore);
  const size_t end = word.find_last_not_of(kAfter);
  if (begin == absl::string_view::npos || end == absl::string_view::npos ||
      end < begin) {
    return std::string(word);
  }
  const absl::string_view core = word.substr(begin, end + 1 - begin);
  return absl::StrCat(
      word.substr(0, begin),
      IsCode(core) ? Code(core)
                   : absl::StrReplaceAll(core, {{"|", "\\|"}, {"<", "&lt;"}}),
      word.substr(end + 1));
}

}  // namespace

std::string Code(absl::string_view text) {
  if (text.empty()) return "";
  return absl::StrCat("`", absl::StrReplaceAll(text, {{"|", "\\|"}}), "`");
}

std::string Prose(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, ' ', absl::SkipEmpty()), " ",
                       [](std::string* out, absl::string_view word) {
                         absl::StrAppend(out, ProseWord(word));
                       });
}

std::string MarkdownTable(const std::vector<std::string>& titles,
                          const std::vector<std::vector<std::string>>& rows) {
  const auto line = [](const std::vector<std::string>& cells) {
    return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
  };
  std::string table = line(titles);
  absl::StrAppend(
      &table, "|",
      absl::StrJoin(std::vector<std::string>(titles.size(), "---"), "|"),
      "|\n");
  for (const std::vector<std::string>& row : rows) {
    absl::StrAppend(&table, line(row));
  }
  return table;
}

std::string Filled(const std::string& page, absl::string_view name,
                   absl::string_view text) {
  const std::string place = absl::StrCat("<!-- ", name, " -->\n");
  if (!absl::StrContains(page, place)) {
    fprintf(stderr, "the template has no line \"%s\"\n", place.c_str());
    abort();
  }
  return absl::StrReplaceAll(page, {{place, text}});
}

}  // namespace faas::reference
