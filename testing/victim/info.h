#ifndef FAAS_TESTING_VICTIM_INFO_H_
#define FAAS_TESTING_VICTIM_INFO_H_

#include <string>

#include "testing/victim/delivery.h"

namespace faas::victim {

// Returns what the process sees around itself, as one JSON object:
//   argv, env, cwd, hostname, uid, gid, groups, pid, umask
//   fds             {"3": "socket:[123]"}
//   mounts          [{"point", "type", "options"}], as in /proc/self/mountinfo
//   interfaces      names of network devices
//   root_writable   whether a file can be created in /
//   processes       pids in /proc
//   status          lines of /proc/self/status, e.g. "CapEff", "NoNewPrivs"
//   peer            "10.0.0.10:54321", the client
//   control_message, control_descriptors
std::string InfoJson(const Delivery& delivery, int argc, char** argv);

}  // namespace faas::victim

#endif  // FAAS_TESTING_VICTIM_INFO_H_
