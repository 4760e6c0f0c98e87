#ifndef FAAS_TOOLS_REFERENCE_PAGES_H_
#define FAAS_TOOLS_REFERENCE_PAGES_H_

#include <string>

#include "absl/status/statusor.h"

namespace faas::reference {

// The reference documents. They are made from the programs themselves, so that
// they cannot say anything else. MakePages starts the daemons with
// --help and read the templates in tools/reference, relative to the current
// directory, which must be the root of the runfiles.

// The content of the documents.
struct Pages {
  std::string cli;            // docs/cli.md
  std::string configuration;  // docs/configuration.md
};

// Makes both documents. Returns the error of a daemon that cannot be started or
// of a template that cannot be read.
absl::StatusOr<Pages> MakePages();

}  // namespace faas::reference

#endif  // FAAS_TOOLS_REFERENCE_PAGES_H_
