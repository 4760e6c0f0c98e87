#ifndef FAAS_TESTS_FAITHFULNESS_ODD_LAYERS_H_
#define FAAS_TESTS_FAITHFULNESS_ODD_LAYERS_H_

#include <string>
#include <vector>

namespace faas::testing {

// Returns tars of layers, from the bottom up, that are legal but that hardly a
// tool would write: entries in unusual orders, directories that are not listed,
// names that lead through symlinks of lower layers, numbers beyond what a plain
// tar holds. Everything is below "odd_tar", except for a file in "bin", which
// the layer below must have as a symlink to "usr/bin".
std::vector<std::string> OddLayers();

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_ODD_LAYERS_H_
