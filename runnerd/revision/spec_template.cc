#include "runnerd/revision/spec_template.h"

#include <sys/random.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "runnerd/profile/container_profile.h"
#include "runnerd/profile/seccomp_profile.h"

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

absl::string_view NameOf(absl::string_view entry) {
  return entry.substr(0, entry.find('='));
}

// Returns the variables of the function, those of the image that the function
// does not replace, and those that every program expects.
std::vector<std::string> Environment(const SpecTemplate::Revision& revision) {
  std::vector<std::string> env = revision.settings.env;
  for (const std::string& entry : revision.function.image().config().env()) {
    if (!HasVariable(revision.settings.env, NameOf(entry))) {
      env.push_back(entry);
    }
  }
  if (!HasVariable(env, "PATH")) env.push_back(kDefaultPath);
  if (!HasVariable(env, "HOME")) env.push_back("HOME=" + revision.user.home);
  if (!HasVariable(env, "HOSTNAME")) {
    env.push_back("HOSTNAME=" + revision.function.name());
  }
  return env;
}

// Returns all five sets of a process. A process that is not root keeps a
// capability, and passes it on, only if the capability is ambient, and it can
// be ambient only if it is inheritable too.
json Capabilities(const std::vector<std::string>& capabilities) {
  json sets;
  for (const char* set :
       {"bounding", "effective", "inheritable", "permitted", "ambient"}) {
    sets[set] = capabilities;
  }
  return sets;
}

json Rlimits(const ContainerSettings& settings) {
  const auto rlimit = [](const char* type, uint64_t value) -> json {
    return {{"type", type}, {"hard", value}, {"soft", value}};
  };
  json rlimits = {rlimit("RLIMIT_NOFILE", settings.open_files)};
  for (const ProfileRlimit& limit : kRlimits) {
    rlimits.push_back(rlimit(limit.type, limit.value));
  }
  return rlimits;
}

json Process(const SpecTemplate::Revision& revision) {
  const v1::Function& function = revision.function;
  const std::string& cwd = function.image().config().working_dir();
  json process = {
      {"terminal", false},
      {"user",
       {{"uid", revision.user.uid},
        {"gid", revision.user.gid},
        {"additionalGids", revision.user.additional_gids}}},
      {"args", std::vector<std::string>(function.command().begin(),
                                        function.command().end())},
      {"env", Environment(revision)},
      {"cwd", cwd.empty() ? "/" : cwd},
      {"capabilities", Capabilities(revision.settings.capabilities)},
      {"rlimits", Rlimits(revision.settings)},
      {"noNewPrivileges", true},
      {"oomScoreAdj", kOomScoreAdj},
  };
  if (!revision.host.apparmor_profile.empty()) {
    process["apparmorProfile"] = revision.host.apparmor_profile;
  }
  return process;
}

json Mount(const ProfileMount& mount, uint64_t tmpfs_bytes) {
  const std::string options = absl::StrReplaceAll(
      mount.options,
      {{"@SIZE", absl::StrCat(tmpfs_bytes)},
       {"@INODES", absl::StrCat(std::max<uint64_t>(
                       kMinInodes, tmpfs_bytes / kBytesPerInode))}});
  return {{"destination", mount.destination},
          {"type", mount.type},
          {"source", mount.source},
          {"options", std::vector<std::string>(absl::StrSplit(options, ','))}};
}

json BindMount(const char* destination, const std::string& source) {
  return Mount({destination, "bind", source.c_str(), kBoundOptions}, 0);
}

json Mounts(const SpecTemplate::Revision& revision,
            const std::string& control_socket) {
  const uint64_t tmpfs_bytes = revision.settings.tmpfs_bytes;
  json mounts = json::array();
  for (const ProfileMount& mount : kMounts) {
    mounts.push_back(Mount(mount, tmpfs_bytes));
  }
  mounts.push_back(
      Mount(revision.settings.host_network ? kNoSysMount : kSysMount, 0));
  if (!revision.secrets.empty()) {
    mounts.push_back(BindMount(kSecretsPath, revision.secrets));
  }
  mounts.push_back(BindMount(kControlSocketPath, control_socket));
  return mounts;
}

json Namespaces(const SpecTemplate::Revision& revision) {
  json namespaces = json::array();
  for (const char* type : kNamespaces) namespaces.push_back({{"type", type}});
  if (!revision.settings.host_network) {
    namespaces.push_back({{"type", "network"}});
  }
  if (revision.id_base != 0) namespaces.push_back({{"type", "user"}});
  return namespaces;
}

// Returns the mapping of the container's ids to ids of the host.
json IdMappings(uint32_t id_base) {
  json mappings = json::array();
  if (id_base != 0) {
    mappings.push_back(
        {{"containerID", 0}, {"hostID", id_base}, {"size", kContainerIds}});
  }
  return mappings;
}

json Resources(const ContainerSettings& settings, const HostFeatures& host) {
  json resources = {{"devices", {{{"allow", false}, {"access", "rwm"}}}}};
  if (host.memory) {
    resources["memory"]["limit"] = settings.memory_bytes;
    if (host.swap) resources["memory"]["swap"] = settings.memory_bytes;
  }
  if (host.pids) resources["pids"]["limit"] = settings.pids;
  if (host.cpu && settings.cpu_millis > 0) {
    resources["cpu"]["period"] = kCpuPeriodMicros;
    resources["cpu"]["quota"] = settings.cpu_millis * kCpuPeriodMicros / 1000;
  }
  if (host.unified && host.memory) {
    resources["unified"]["memory.oom.group"] = "1";
  }
  return resources;
}

json Linux(const SpecTemplate::Revision& revision,
           const std::string& cgroup_path) {
  json masked = kMaskedPaths;
  for (const std::string& path : revision.host.masked_paths) {
    masked.push_back(path);
  }
  return {
      {"cgroupsPath", cgroup_path},
      {"uidMappings", IdMappings(revision.id_base)},
      {"gidMappings", IdMappings(revision.id_base)},
      {"namespaces", Namespaces(revision)},
      {"resources", Resources(revision.settings, revision.host)},
      {"seccomp",
       SeccompProfile({.host_network = revision.settings.host_network,
                       .capabilities = revision.settings.capabilities})},
      {"maskedPaths", std::move(masked)},
      {"readonlyPaths", kReadonlyPaths},
  };
}

// Returns a text that no image can know, so that no string of an image is taken
// for a variable of the template.
std::string Nonce() {
  uint64_t bits[2] = {};
  [[maybe_unused]] const ssize_t n = getrandom(bits, sizeof(bits), 0);
  return absl::StrFormat("@%016x%016x@", bits[0], bits[1]);
}

// Returns `text` as it is written inside a JSON string.
std::string Escaped(const std::string& text) {
  const std::string quoted = json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

SpecTemplate::SpecTemplate(const Revision& revision) {
  const std::string nonce = Nonce();
  std::string Container::*const variables[] = {
      &Container::cgroup_path, &Container::control_socket, &Container::rootfs};
  const auto variable = [&](int i) { return absl::StrCat(nonce, i); };
  const json spec = {
      {"ociVersion", "1.0.2"},
      {"process", Process(revision)},
      {"root",
       {{"path", variable(2)},
        {"readonly", revision.settings.writable_bytes == 0}}},
      {"hostname", revision.function.name()},
      {"mounts", Mounts(revision, variable(1))},
      {"linux", Linux(revision, variable(0))},
  };
  // JSON cannot have bytes that are not UTF-8, and an image's strings may have
  // such bytes.
  const std::string text =
      spec.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::vector<std::string> parts = absl::StrSplit(text, nonce);
  begin_ = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    pieces_.push_back({variables[parts[i][0] - '0'], parts[i].substr(1)});
  }
}

std::string SpecTemplate::Render(const Container& container) const {
  std::string spec = begin_;
  for (const Piece& piece : pieces_) {
    absl::StrAppend(&spec, Escaped(container.*piece.variable), piece.text);
  }
  return spec;
}

}  // namespace faas::runnerd
