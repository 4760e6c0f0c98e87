#include "tests/fuzz/layer_recipe.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace faas::fuzz {
namespace {

using testing::TarEntry;

// The types of the recipe, and those of tars in the same order.
constexpr absl::string_view kLetters = "fdlhcp";
constexpr absl::string_view kTarTypes = "052136";
constexpr size_t kMaxContentBytes = 4096;
constexpr int kDeep = 20;

std::string Expand(absl::string_view word, const std::string& outside) {
  std::string deep;
  for (int i = 0; i < kDeep; ++i) deep += "d/";
  std::string text =
      absl::StrReplaceAll(word, {{"{outside}", outside},
                                 {"{name}", std::string(255, 'n')},
                                 {"{long}", std::string(300, 'n')},
                                 {"{deep}", deep}});
  std::string bytes;
  return absl::CUnescape(text, &bytes) ? bytes : text;
}

int64_t Number(absl::string_view text) {
  int64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? value : 0;
}

void SetField(absl::string_view field, const std::string& outside,
              TarEntry& entry) {
  if (absl::ConsumePrefix(&field, "p:")) {
    const std::pair<absl::string_view, absl::string_view> record =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    entry.pax[Expand(record.first, outside)] = Expand(record.second, outside);
    return;
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(field, absl::MaxSplits('=', 1));
  const absl::string_view value = parts.second;
  if (parts.first == "m") {
    const std::string octal(value);
    entry.mode = static_cast<uint32_t>(strtoul(octal.c_str(), nullptr, 8));
  } else if (parts.first == "u") {
    entry.uid = static_cast<uint64_t>(Number(value));
  } else if (parts.first == "g") {
    entry.gid = static_cast<uint64_t>(Number(value));
  } else if (parts.first == "t") {
    entry.mtime = Number(value);
  } else if (parts.first == "l") {
    entry.target = Expand(value, outside);
  } else if (parts.first == "c") {
    entry.data = Expand(value, outside).substr(0, kMaxContentBytes);
  } else if (parts.first == "s") {
    entry.raw_size = Expand(value, outside);
  }
}

// Returns false if the line is no entry.
bool ParseEntry(absl::string_view line, const std::string& outside,
                TarEntry& entry) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.size() < 2 || words[0].size() != 1) return false;
  const size_t type = kLetters.find(words[0][0]);
  if (type == absl::string_view::npos) return false;
  entry.type = kTarTypes[type];
  entry.mode = entry.type == '5' ? 0755 : 0644;
  entry.path = Expand(words[1], outside);
  for (size_t i = 2; i < words.size(); ++i) {
    SetField(words[i], outside, entry);
  }
  return true;
}

}  // namespace

std::vector<std::vector<TarEntry>> ParseRecipe(absl::string_view text,
                                               const std::string& outside) {
  std::vector<std::vector<TarEntry>> layers(1);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    TarEntry entry;
    if (line == "---") {
      layers.emplace_back();
    } else if (ParseEntry(line, outside, entry)) {
      layers.back().push_back(std::move(entry));
    }
  }
  return layers;
}

}  // namespace faas::fuzz
