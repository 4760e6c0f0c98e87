// Mutates recipes of layers line by line, with a small vocabulary, so that
// entries meet. Mutations of bytes would mostly make lines that are skipped.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using Lines = std::vector<std::string>;
using Random = std::minstd_rand;

// There are few names, so that one name occurs several times.
constexpr const char* kCommon[] = {"a", "b", "c", "d"};
constexpr const char* kRare[] = {
    "..",    ".",      ".wh.a",  ".wh.b",      ".wh..wh..opq", ".wh.",
    "",      ".wh...", "{name}", ".wh..wh.aa", "{long}",       "{deep}",
    ".wh..", "\\xff",  "\\n",    "b/../../..", "{outside}",    ".wh.{name}"};
constexpr const char* kFields[] = {
    "m=4755",
    "m=0",
    "m=1777",
    "u=5",
    "g=70000",
    "u=4294967295",
    "t=-1",
    "t=1e12",
    "c=hello",
    "s=777",
    "c=",
    "p:mtime=1.5",
    "p:size=3",
    "p:path=a/b",
    "p:linkpath=../../outside/su",
    "p:SCHILY.xattr.user.overlay.opaque=y",
    "p:SCHILY.xattr.trusted.overlay.redirect=/b",
    "p:SCHILY.xattr.security.capability=\\x01\\x00\\x00\\x02",
    "p:GNU.sparse.major=1",
    "p:GNU.sparse.realsize=99999",
    "p:uid=-1"};

template <size_t N>
std::string Pick(const char* const (&words)[N], Random& random) {
  return words[random() % N];
}

std::string RandomPath(Random& random) {
  Lines components;
  for (int n = 1 + static_cast<int>(random() % 3); n > 0; --n) {
    components.push_back(random() % 6 == 0 ? Pick(kRare, random)
                                           : Pick(kCommon, random));
  }
  return absl::StrJoin(components, "/");
}

std::string RandomTarget(Random& random) {
  switch (random() % 6) {
    case 0:
      return absl::StrCat("/", RandomPath(random));
    case 1:
      return absl::StrCat("../", RandomPath(random));
    case 2:
      return "../../outside/etc/passwd";
    case 3:
      return "{outside}/etc";
    default:
      return RandomPath(random);
  }
}

std::string RandomLine(Random& random) {
  if (random() % 8 == 0) return "---";
  const char type = "fffdddllhhhcp"[random() % 13];
  std::string line =
      absl::StrCat(absl::string_view(&type, 1), " ", RandomPath(random));
  if (type == 'l' || type == 'h') {
    absl::StrAppend(&line, " l=", RandomTarget(random));
  }
  if (random() % 4 == 0) absl::StrAppend(&line, " ", Pick(kFields, random));
  return line;
}

// Lets libFuzzer have one line, with what it knows of comparisons that fail.
void MutateBytes(std::string& line) {
  constexpr size_t kMaxLineBytes = 200;
  std::string buffer = line.substr(0, kMaxLineBytes);
  const size_t size = buffer.size();
  buffer.resize(kMaxLineBytes);
  buffer.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(buffer.data()),
                                 size, kMaxLineBytes));
  line = buffer;
}

void MutateLines(Lines& lines, Random& random) {
  const auto any = [&] {
    return lines.begin() + static_cast<int>(random() % lines.size());
  };
  switch (random() % 8) {
    case 0:
      lines.erase(any());
      break;
    case 1:
      std::iter_swap(any(), any());
      break;
    case 2: {
      const std::string copy = *any();
      lines.insert(any(), copy);
      break;
    }
    case 3:
      *any() = RandomLine(random);
      break;
    case 4:
      absl::StrAppend(&*any(), " ", Pick(kFields, random));
      break;
    case 5:
      MutateBytes(*any());
      break;
    default:
      lines.insert(any(), RandomLine(random));
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  Random random(seed);
  Lines lines = absl::StrSplit(
      absl::string_view(reinterpret_cast<const char*>(data), size), '\n');
  for (int n = 1 + static_cast<int>(random() % 4); n > 0; --n) {
    if (lines.empty()) lines.emplace_back();
    MutateLines(lines, random);
  }
  const std::string text = absl::StrJoin(lines, "\n").substr(0, max_size);
  memcpy(data, text.data(), text.size());
  return text.size();
}
