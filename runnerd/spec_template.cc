#include "runnerd/spec_template.h"

#include <sys/random.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace faas::runnerd {
namespace {

using nlohmann::json;

constexpr char kDefaultPath[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool HasVariable(const std::vector<std::string>& env, absl::string_view name) {
  return std::any_of(env.begin(), env.end(), [&](const std::string& entry) {
    return absl::StartsWith(entry, absl::StrCat(name, "="));
  });
}

// The image's, with what every program expects.
std::vector<std::string> Environment(const v1::Function& function,
                                     const ImageUser& user) {
  const auto& image = function.image().config().env();
  std::vector<std::string> env(image.begin(), image.end());
  if (!HasVariable(env, "PATH")) env.push_back(kDefaultPath);
  if (!HasVariable(env, "HOME")) env.push_back("HOME=" + user.home);
  if (!HasVariable(env, "HOSTNAME")) {
    env.push_back("HOSTNAME=" + function.name());
  }
  return env;
}

json Process(const v1::Function& function, const ImageUser& user,
             const ContainerLimits& limits) {
  const std::string& cwd = function.image().config().working_dir();
  const json none = json::array();
  return {
      {"terminal", false},
      {"user",
       {{"uid", user.uid},
        {"gid", user.gid},
        {"additionalGids", user.additional_gids}}},
      {"args", std::vector<std::string>(function.command().begin(),
                                        function.command().end())},
      {"env", Environment(function, user)},
      {"cwd", cwd.empty() ? "/" : cwd},
      {"capabilities",
       {{"bounding", none},
        {"effective", none},
        {"inheritable", none},
        {"permitted", none},
        {"ambient", none}}},
      {"rlimits",
       {{{"type", "RLIMIT_NOFILE"},
         {"hard", limits.open_files},
         {"soft", limits.open_files}},
        {{"type", "RLIMIT_CORE"}, {"hard", 0}, {"soft", 0}}}},
      {"noNewPrivileges", true},
  };
}

json Mount(const char* destination, const char* type, const std::string& source,
           std::vector<std::string> options) {
  return {{"destination", destination},
          {"type", type},
          {"source", source},
          {"options", std::move(options)}};
}

json Mounts(const ContainerLimits& limits, const std::string& control_socket) {
  const std::string size = absl::StrCat("size=", limits.tmpfs_bytes);
  return {
      Mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
      Mount("/dev", "tmpfs", "tmpfs",
            {"nosuid", "noexec", "strictatime", "mode=755", "size=65536"}),
      Mount("/dev/pts", "devpts", "devpts",
            {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}),
      Mount("/dev/shm", "tmpfs", "shm",
            {"nosuid", "noexec", "nodev", "mode=1777", size}),
      Mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
      Mount("/tmp", "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=1777", size}),
      Mount("/control.sock", "bind", control_socket,
            {"bind", "ro", "nosuid", "nodev", "noexec"}),
  };
}

// Which ids of the host the container's are.
json IdMappings(uint32_t id_base) {
  json mappings = json::array();
  if (id_base != 0) {
    mappings.push_back(
        {{"containerID", 0}, {"hostID", id_base}, {"size", kContainerIds}});
  }
  return mappings;
}

json Linux(const ContainerLimits& limits, const std::string& cgroup_path,
           uint32_t id_base) {
  json namespaces = json::array();
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"}) {
    namespaces.push_back({{"type", type}});
  }
  if (id_base != 0) namespaces.push_back({{"type", "user"}});
  return {
      {"cgroupsPath", cgroup_path},
      {"uidMappings", IdMappings(id_base)},
      {"gidMappings", IdMappings(id_base)},
      {"namespaces", std::move(namespaces)},
      {"resources",
       {{"devices", {{{"allow", false}, {"access", "rwm"}}}},
        {"memory",
         {{"limit", limits.memory_bytes}, {"swap", limits.memory_bytes}}},
        {"pids", {{"limit", limits.pids}}}}},
      {"maskedPaths",
       {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore",
        "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats",
        "/sys/devices/virtual/powercap", "/sys/firmware"}},
      {"readonlyPaths",
       {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
        "/proc/sysrq-trigger"}},
  };
}

// A text that an image cannot know, so that none of its strings is taken for
// one of our variables.
std::string Nonce() {
  uint64_t bits[2] = {};
  [[maybe_unused]] const ssize_t n = getrandom(bits, sizeof(bits), 0);
  return absl::StrFormat("@%016x%016x@", bits[0], bits[1]);
}

// `text` as it stands within a JSON string.
std::string Escaped(const std::string& text) {
  const std::string quoted = json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

SpecTemplate::SpecTemplate(const v1::Function& function, const ImageUser& user,
                           const std::string& rootfs,
                           const ContainerLimits& limits, uint32_t id_base) {
  const std::string variable = Nonce();
  // nlohmann::json orders keys by name, "linux" before "mounts": the cgroup's
  // path is the first variable, the control socket the second.
  const json spec = {
      {"ociVersion", "1.0.2"},
      {"process", Process(function, user, limits)},
      {"root", {{"path", rootfs}, {"readonly", true}}},
      {"hostname", function.name()},
      {"mounts", Mounts(limits, variable)},
      {"linux", Linux(limits, variable, id_base)},
  };
  // What is not UTF-8 in an image's strings cannot be said in JSON.
  pieces_ = absl::StrSplit(
      spec.dump(-1, ' ', false, json::error_handler_t::replace), variable);
}

std::string SpecTemplate::Render(const Container& container) const {
  return absl::StrCat(pieces_[0], Escaped(container.cgroup_path), pieces_[1],
                      Escaped(container.control_socket), pieces_[2]);
}

}  // namespace faas::runnerd
