#ifndef FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_
#define FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/status.h"

namespace faas::extractor {

// The system calls that an extraction makes: reading and writing open files,
// names below open directories, memory without execution, waiting, and the
// socket and the pipe that it has. Another one kills the process; one that this
// program's headers do not know yet is answered ENOSYS, which libraries take
// for an old kernel.
std::vector<sock_filter> SeccompFilter();

// Puts it on all threads of this process, for good. Takes no_new_privs.
absl::Status InstallSeccompFilter();

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_SECCOMP_FILTER_H_
