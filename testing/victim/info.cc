#include "testing/victim/info.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace faas::victim {
namespace {

using Json = nlohmann::json;

std::vector<std::string> Names(const char* directory) {
  std::vector<std::string> names;
  DIR* dir = opendir(directory);
  if (dir == nullptr) return names;
  const std::string own = std::to_string(dirfd(dir));
  while (const dirent* entry = readdir(dir)) {
    const std::string name = entry->d_name;
    if (name != "." && name != ".." && name != own) names.push_back(name);
  }
  closedir(dir);
  return names;
}

Json Descriptors() {
  Json fds = Json::object();
  for (const std::string& name : Names("/proc/self/fd")) {
    char target[256];
    const ssize_t size =
        readlink(("/proc/self/fd/" + name).c_str(), target, sizeof(target));
    fds[name] = size < 0 ? "" : std::string(target, size);
  }
  return fds;
}

// The lines are like "36 35 98:0 / /point ro,nosuid master:1 - overlay overlay
// rw,lowerdir=...".
Json Mounts() {
  Json mounts = Json::array();
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string skipped, point, options, field, type;
    fields >> skipped >> skipped >> skipped >> skipped >> point >> options;
    while (fields >> field && field != "-") {
    }
    fields >> type;
    mounts.push_back({{"point", point}, {"type", type}, {"options", options}});
  }
  return mounts;
}

Json Status() {
  Json status = Json::object();
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const size_t value = line.find_first_not_of(" \t", colon + 1);
    status[line.substr(0, colon)] =
        value == std::string::npos ? "" : line.substr(value);
  }
  return status;
}

Json Processes() {
  Json processes = Json::array();
  for (const std::string& name : Names("/proc")) {
    if (isdigit(static_cast<unsigned char>(name[0]))) processes.push_back(name);
  }
  return processes;
}

// if_nameindex would need a socket of a family that functions do not have.
Json Interfaces() {
  Json names = Json::array();
  std::ifstream file("/proc/self/net/dev");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;  // This is the heading.
    names.push_back(line.substr(line.find_first_not_of(' '),
                                colon - line.find_first_not_of(' ')));
  }
  return names;
}

Json Groups() {
  gid_t groups[64];
  const int count = getgroups(64, groups);
  return std::vector<gid_t>(groups, groups + (count < 0 ? 0 : count));
}

Json Environment() {
  Json env = Json::array();
  for (char** variable = environ; *variable != nullptr; ++variable) {
    env.push_back(*variable);
  }
  return env;
}

bool RootIsWritable() {
  const int fd = open("/.victim", O_WRONLY | O_CREAT, 0600);
  if (fd < 0) return false;
  close(fd);
  unlink("/.victim");
  return true;
}

std::string Peer(int socket) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      address.sin_family != AF_INET) {
    return "";
  }
  char text[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text));
  return std::string(text) + ":" + std::to_string(ntohs(address.sin_port));
}

}  // namespace

std::string InfoJson(const Delivery& delivery, int argc, char** argv) {
  char cwd[4096] = "";
  char hostname[256] = "";
  (void)!getcwd(cwd, sizeof(cwd));
  (void)!gethostname(hostname, sizeof(hostname) - 1);
  const mode_t mask = umask(0);
  const Json info = {
      {"argv", std::vector<std::string>(argv, argv + argc)},
      {"env", Environment()},
      {"cwd", cwd},
      {"hostname", hostname},
      {"uid", getuid()},
      {"gid", getgid()},
      {"groups", Groups()},
      {"pid", getpid()},
      {"umask", mask},
      {"fds", Descriptors()},
      {"mounts", Mounts()},
      {"interfaces", Interfaces()},
      {"root_writable", RootIsWritable()},
      {"processes", Processes()},
      {"status", Status()},
      {"peer", Peer(delivery.socket)},
      {"control_message", delivery.message},
      {"control_descriptors", delivery.descriptors},
  };
  // The answer must come even if a byte in it is not UTF-8.
  return info.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faas::victim
