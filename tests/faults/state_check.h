#ifndef FAAS_TESTS_FAULTS_STATE_CHECK_H_
#define FAAS_TESTS_FAULTS_STATE_CHECK_H_

#include <map>
#include <string>
#include <vector>

#include "testing/platform.h"

namespace faas::testing {

// A function as registry.json has it.
struct StoredFunction {
  std::string address;
  int revision = 0;
  std::string revision_id;
  // "sha256:..."; more than once if the image has it so.
  std::vector<std::string> layers;
  // The names of its secrets.
  std::vector<std::string> secrets;
};

// By name.
using Functions = std::map<std::string, StoredFunction>;

// Empty, too, if the file cannot be read.
Functions StoredFunctions(const std::string& state_dir);

// What is wrong with the files of a registryd that has been started and has
// nothing to do, one finding a line: registry.json does not parse, a temporary
// file, something in staging, a layer that is not whole, or one that a function
// uses and that is not there.
std::string StoreProblems(const std::string& state_dir);

// The same, and all that is there for no function: layers, addresses on lo,
// mounted revisions, bundles. For a platform without containers after
// "faas gc".
std::string PlatformProblems(const Platform& platform);

// What is wrong with a state directory as it was found after the power had
// failed: registry.json does not parse, or a layer that a function uses is not
// as it is in `live`, the directory that is still there.
std::string PowerCutProblems(const std::string& state_dir,
                             const std::string& live);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_STATE_CHECK_H_
