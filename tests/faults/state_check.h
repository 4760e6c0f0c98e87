#ifndef FAAS_TESTS_FAULTS_STATE_CHECK_H_
#define FAAS_TESTS_FAULTS_STATE_CHECK_H_

#include <map>
#include <string>
#include <vector>

#include "testing/platform.h"

namespace faas::testing {

// A StoredFunction is a function as registry.json has it.
struct StoredFunction {
  std::string address;
  int revision = 0;
  std::string revision_id;
  // Digests, "sha256:...". One occurs more than once if the image has it so.
  std::vector<std::string> layers;
  // The names of its secrets.
  std::vector<std::string> secrets;
};

// Functions by name.
using Functions = std::map<std::string, StoredFunction>;

// Returns nothing, too, if the file cannot be read.
Functions StoredFunctions(const std::string& state_dir);

// Returns what is wrong with the files of a registryd that has been started and
// has nothing to do, one problem a line: registry.json does not parse, a
// temporary file is left, staging is not empty, a layer is not whole, or a
// layer is missing that a function uses.
std::string StoreProblems(const std::string& state_dir);

// Returns these problems and everything that belongs to no function: layers,
// addresses on lo, mounted revisions, bundles. The platform must have no
// containers, and "faas gc" must have run.
std::string PlatformProblems(const Platform& platform);

// Returns what is wrong with a state directory as it was found after a power
// failure: registry.json does not parse, or a layer that a function uses is not
// as it is in `live`, the directory that is still there.
std::string PowerCutProblems(const std::string& state_dir,
                             const std::string& live);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_STATE_CHECK_H_
