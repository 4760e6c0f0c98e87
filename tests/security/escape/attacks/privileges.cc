// privileges [DIRECTORY] tries to get more privileges than the process has.
// DIRECTORY, by default /, has copies of this program: "setuid", which is
// set-user-ID root, and "filecaps", which has file capabilities.

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// Returns its standard output.
std::string OutputOf(const std::string& program) {
  int ends[2];
  if (pipe(ends) != 0) return "";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    execl(program.c_str(), program.c_str(), "run", "identity", nullptr);
    _exit(errno);
  }
  close(ends[1]);
  std::string output;
  char bytes[4096];
  for (ssize_t size; (size = read(ends[0], bytes, sizeof(bytes))) > 0;) {
    output.append(bytes, size);
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return output;
}

// "identity: euid = 0" becomes "setuid euid = 0" in this attack's report.
void TellIdentityOf(Attempt* attempt, const std::string& name) {
  std::string directory = attempt->Argument(0);
  std::istringstream lines(OutputOf(directory + "/" + name));
  constexpr char kPrefix[] = "identity: ";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(kPrefix, 0) != 0) continue;
    line = line.substr(sizeof(kPrefix) - 1);
    const size_t middle = line.find(" = ");
    if (middle == std::string::npos) continue;
    attempt->Tell(name + " " + line.substr(0, middle), line.substr(middle + 3));
  }
}

long SetAdminCapability() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (auto& set : data) {
    set.effective = set.permitted = set.inheritable = 1u << CAP_SYS_ADMIN;
  }
  data[1] = {};
  return syscall(SYS_capset, &header, data);
}

// setfsuid never says that it failed.
long BecomeFileSystemUser(uid_t uid) {
  syscall(SYS_setfsuid, uid);
  if (static_cast<uid_t>(syscall(SYS_setfsuid, -1)) == uid) return 0;
  errno = EPERM;
  return -1;
}

// This is neither of the ids that functions have.
constexpr int kOther = 4242;

void Ids(Attempt* attempt) {
  for (const int id : {0, kOther}) {
    // Taking the id that one has is no attack.
    if (static_cast<uid_t>(id) == getuid()) continue;
    const std::string to = " " + std::to_string(id);
    attempt->Try("setuid" + to, [id] { return syscall(SYS_setuid, id); });
    attempt->Try("setgid" + to, [id] { return syscall(SYS_setgid, id); });
    attempt->Try("setresuid" + to,
                 [id] { return syscall(SYS_setresuid, id, id, id); });
    attempt->Try("setresgid" + to,
                 [id] { return syscall(SYS_setresgid, id, id, id); });
    attempt->Try("setfsuid" + to, [id] { return BecomeFileSystemUser(id); });
  }
  attempt->Try("setgroups", [] {
    const gid_t group = 0;
    return syscall(SYS_setgroups, 1, &group);
  });
}

}  // namespace

void Privileges(Attempt* attempt) {
  Ids(attempt);
  attempt->Try("capset", SetAdminCapability);
  attempt->Try("ambient capability", [] {
    SetAdminCapability();
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0);
  });
  attempt->Try("securebits",
               [] { return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0); });
  attempt->Try("nice", [] { return setpriority(PRIO_PROCESS, 0, -10); });
  for (const char* map : {"uid_map", "gid_map"}) {
    std::string content = Content(std::string("/proc/self/") + map);
    std::replace(content.begin(), content.end(), '\n', ';');
    attempt->Tell(map, content);
  }
  TellIdentityOf(attempt, "setuid");
  TellIdentityOf(attempt, "filecaps");
}

}  // namespace faas::escape
