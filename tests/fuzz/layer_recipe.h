#ifndef FAAS_TESTS_FUZZ_LAYER_RECIPE_H_
#define FAAS_TESTS_FUZZ_LAYER_RECIPE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "testing/tar_writer.h"

namespace faas::fuzz {

// Layers as a text that a person can read and a fuzzer can mutate: an entry a
// line, "---" between layers, "#" before comments.
//
//   d etc m=1777 u=5
//   f etc/motd c=hello
//   l bin l=usr/bin
//   h etc/.wh.x l={outside}/etc/passwd
//   ---
//   c etc/null
//
// The first letter is the type: f(ile), d(irectory), l (symlink), h(ard link),
// c (device), p(ipe); the name follows, then fields in any order: m(ode,
// octal), u(ser), g(roup), t (mtime), l(ink), c(ontent), s (the size that the
// header claims), p:KEY=VALUE (a pax record). "\xNN" stands for any byte;
// "{outside}" for that path, "{name}" for the longest name, "{long}" for a
// longer one,
// "{deep}" for a path of many directories. What is none of this is skipped, so
// that every text is a recipe.
std::vector<std::vector<testing::TarEntry>> ParseRecipe(
    absl::string_view text, const std::string& outside);

}  // namespace faas::fuzz

#endif  // FAAS_TESTS_FUZZ_LAYER_RECIPE_H_
