#ifndef FAAS_TESTING_RUNFILE_H_
#define FAAS_TESTING_RUNFILE_H_

#include <string>

namespace faas::testing {

// Returns the absolute path of a file that the test's `data` names, by its path
// in the workspace: Runfile("registryd/registryd").
std::string Runfile(const std::string& path);

// Returns the contents of that file. Aborts if it is not there.
std::string ReadRunfile(const std::string& path);

// Finds the runfiles of a program that is no test. `bazel run` starts it among
// its runfiles; if it is started by path, they are beside it. Call this first.
void FindRunfiles();

}  // namespace faas::testing

#endif  // FAAS_TESTING_RUNFILE_H_
