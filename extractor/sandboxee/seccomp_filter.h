#ifndef FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_
#define FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/status.h"

namespace faas::extractor {

// Returns a filter that allows the system calls that an extraction makes:
// reading and writing open files, names below open directories, memory that
// cannot be executed, waiting, and the use of a socket and a pipe that are
// open. Any other call kills the process, except for those that are newer than
// the filter. They return ENOSYS, which libraries take for an old kernel.
std::vector<sock_filter> SeccompFilter();

// Installs the filter for all threads of this process. It cannot be removed.
// Needs no_new_privs.
absl::Status InstallSeccompFilter();

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_
