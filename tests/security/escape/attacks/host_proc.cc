// host-proc PID looks at the host's processes and at what /proc says of its
// kernel. PID is one of the host's.

#include <signal.h>
#include <sys/stat.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// The host has one of each of these.
constexpr const char* kDaemons[] = {"registryd", "gatewayd", "runnerd"};

constexpr const char* kFiles[] = {
    "/proc/kcore",
    "/proc/keys",
    "/proc/timer_list",
    "/proc/kmsg",
    "/proc/interrupts",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/slabinfo",
    "/proc/vmallocinfo",
    "/proc/latency_stats",
    "/proc/sched_debug",

    "/sys/firmware/acpi/tables/DSDT",
};

constexpr const char* kDirectories[] = {
    "/proc/acpi",    "/proc/scsi",        "/proc/asound",
    "/sys/firmware", "/sys/kernel/debug", "/sys/devices/virtual/powercap"};

long FindProcess(const std::string& name) {
  for (const std::string& entry : Entries("/proc")) {
    if (!isdigit(entry[0])) continue;
    if (Content("/proc/" + entry + "/comm") == name + "\n") return 0;
  }
  errno = ESRCH;
  return -1;
}

// Succeeds if `file` says where something lies in the kernel or in the machine,
// as the first number of a line. Not everybody may know that: others read
// zeros.
long FindAddress(const std::string& file) {
  std::istringstream lines(Content(file));
  for (std::string line; std::getline(lines, line);) {
    const std::string number = line.substr(0, line.find_first_of("- "));
    if (number.find_first_not_of("0") != std::string::npos) return 0;
  }
  errno = kEmpty;
  return -1;
}

long ListSome(const std::string& directory) {
  struct stat status;
  if (stat(directory.c_str(), &status) != 0) return -1;
  if (!Entries(directory).empty()) return 0;
  errno = kEmpty;
  return -1;
}

}  // namespace

void HostProc(Attempt* attempt) {
  for (const char* daemon : kDaemons) {
    attempt->Try(std::string("process ") + daemon,
                 [daemon] { return FindProcess(daemon); });
  }
  const std::string pid = attempt->Argument(0);
  attempt->Try("signal a process",
               [&pid] { return kill(atoi(pid.c_str()), 0); });
  for (const char* name : {"environ", "maps", "root/etc", "fd"}) {
    attempt->Try(std::string("of a process: ") + name, [&pid, name] {
      const std::string path = "/proc/" + pid + "/" + name;
      return Entries(path).empty() ? ReadSome(path) : 0;
    });
  }
  for (const char* file : kFiles) {
    attempt->Try(file, [file] { return ReadSome(file); });
  }
  for (const char* file : {"/proc/kallsyms", "/proc/iomem"}) {
    attempt->Try(std::string("addresses in ") + file,
                 [file] { return FindAddress(file); });
  }
  for (const char* directory : kDirectories) {
    attempt->Try(directory, [directory] { return ListSome(directory); });
  }
}

}  // namespace faas::escape
