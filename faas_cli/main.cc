// faas: the command with which people use the platform.

#include <signal.h>

#include <iostream>

#include "faas_cli/command_line/command_line.h"
#include "faas_cli/error_line.h"

int main(int argc, char** argv) {
  // A pipe that nobody reads any more ends this process, as is usual.
  signal(SIGPIPE, SIG_DFL);
  faas::cli::CommandLine command_line;
  const auto parsed = command_line.Parse(argc, argv, std::cout, std::cerr);
  return parsed.action == nullptr ? parsed.exit_status
                                  : faas::cli::Report(parsed.action());
}
