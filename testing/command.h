#ifndef FAAS_TESTING_COMMAND_H_
#define FAAS_TESTING_COMMAND_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace faas::testing {

struct CommandResult {
  // The exit code as a shell gives it: 128 + n after signal n, 127 if there is
  // no such program. -1 if the program was killed at the deadline.
  int exit_code = -1;
  std::string out;
  std::string err;
};

struct CommandOptions {
  // NAME=VALUE strings, which are added to the environment of the test.
  std::vector<std::string> env;
  absl::Duration timeout = absl::Minutes(4);
  std::string working_dir;
  // The standard input in place of `input`, unless -1. The caller keeps it.
  int stdin_fd = -1;
};

// Runs a program, looked up in PATH, with `input` as its standard input, to its
// end. Kills it at the deadline. Thread-safe.
CommandResult RunCommand(const std::vector<std::string>& argv,
                         absl::string_view input = "",
                         const CommandOptions& options = {});

}  // namespace faas::testing

#endif  // FAAS_TESTING_COMMAND_H_
