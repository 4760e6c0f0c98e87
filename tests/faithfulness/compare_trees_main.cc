// compare_trees prints in what two directory trees differ, one line for each
// difference. The exit status is 0 if there is none, 1 if there is any, and 2
// if a tree cannot be read. See --help.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/faithfulness/compare_trees.h"
#include "tests/faithfulness/file_tree.h"

namespace faas::testing {
namespace {

constexpr int kCannotRead = 2;

int Main(int argc, char** argv) {
  std::string roots[2];
  CompareOptions options;
  bool ignore_xattrs = false;
  CLI::App app(
      "Compares two trees: names, types, modes, owners, sizes, contents, "
      "modification times, symlinks, hard links, extended attributes.");
  app.add_option("first", roots[0], "A directory")->required();
  app.add_option("second", roots[1], "Another directory")->required();
  app.add_option("--id_base", options.id_base,
                 "What the second tree adds to every owner");
  app.add_flag("--ignore_xattrs", ignore_xattrs,
               "Do not compare extended attributes");
  CLI11_PARSE(app, argc, argv);
  options.xattrs = !ignore_xattrs;
  FileTree trees[2];
  for (int i = 0; i < 2; ++i) {
    absl::StatusOr<FileTree> tree = ReadFileTree(roots[i]);
    if (!tree.ok()) {
      std::fprintf(stderr, "compare_trees: %s\n",
                   std::string(tree.status().message()).c_str());
      return kCannotRead;
    }
    trees[i] = *std::move(tree);
  }
  const std::vector<Difference> differences =
      CompareTrees(trees[0], trees[1], options);
  for (const Difference& difference : differences) {
    std::printf("%s\n", difference.Describe().c_str());
  }
  return differences.empty() ? 0 : 1;
}

}  // namespace
}  // namespace faas::testing

int main(int argc, char** argv) { return faas::testing::Main(argc, argv); }
