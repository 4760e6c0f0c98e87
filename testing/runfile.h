#ifndef FAAS_TESTING_RUNFILE_H_
#define FAAS_TESTING_RUNFILE_H_

#include <string>

namespace faas::testing {

// The absolute path of a file that the test's `data` names, by its path in the
// workspace: Runfile("registryd/registryd").
std::string Runfile(const std::string& path);

// Its contents; aborts if it is not there.
std::string ReadRunfile(const std::string& path);

// For programs that are no tests: `bazel run` starts them among their runfiles,
// started by path they are beside them. Call it first.
void FindRunfiles();

}  // namespace faas::testing

#endif  // FAAS_TESTING_RUNFILE_H_
