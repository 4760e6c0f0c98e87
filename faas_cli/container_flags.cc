#include "faas_cli/container_flags.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "faas_cli/quantity.h"
#include "function/capability.h"
#include "function/container_options.h"

namespace faas::cli {
namespace {

// Takes one option after the other; the first that is wrong is the result.
class Parser {
 public:
  Parser(v1::ContainerOptions& options, google::protobuf::FieldMask& mask)
      : options_(options), mask_(mask) {}

  absl::Status Sizes(const ContainerFlags& flags) {
    if (Given(flags.memory, "memory_bytes")) {
      ASSIGN_OR_RETURN(const uint64_t bytes,
                       ParseSize("--memory", flags.memory));
      options_.set_memory_bytes(bytes);
    }
    if (Given(flags.tmpfs_size, "tmpfs_bytes")) {
      ASSIGN_OR_RETURN(const uint64_t bytes,
                       ParseSize("--tmpfs-size", flags.tmpfs_size));
      options_.set_tmpfs_bytes(bytes);
    }
    if (Given(flags.writable, "writable_bytes")) {
      ASSIGN_OR_RETURN(const uint64_t bytes,
                       ParseSize("--writable", flags.writable));
      options_.set_writable_bytes(bytes);
    }
    return absl::OkStatus();
  }

  absl::Status Numbers(const ContainerFlags& flags) {
    if (Given(flags.cpus, "cpu_millis")) {
      ASSIGN_OR_RETURN(const uint32_t millis, ParseCpus("--cpus", flags.cpus));
      options_.set_cpu_millis(millis);
    }
    if (Given(flags.pids, "pids")) {
      ASSIGN_OR_RETURN(
          const uint32_t pids,
          ParseNumber("--pids", flags.pids, "a number, or 0 for the host's"));
      options_.set_pids(pids);
    }
    return absl::OkStatus();
  }

  absl::Status Network(const std::string& text) {
    if (!Given(text, "network")) return absl::OkStatus();
    if (text != "none" && text != "host") {
      return Misused("--network", text, "none or host");
    }
    options_.set_network(text == "host" ? v1::ContainerOptions::NETWORK_HOST
                                        : v1::ContainerOptions::NETWORK_NONE);
    return absl::OkStatus();
  }

  void User(const std::string& text) {
    if (Given(text, "user")) options_.set_user(text);
  }

  void Env(const std::vector<std::string>& env, bool none) {
    ChangeList(env, none, "env");
    for (const std::string& entry : env) options_.add_env(entry);
  }

  absl::Status Capabilities(const std::vector<std::string>& names, bool none) {
    ChangeList(names, none, "capabilities");
    for (const std::string& name : names) {
      const auto capability = function::CapabilityName(name);
      if (!capability.ok()) {
        return Misused("--cap-add", name,
                       "a capability such as SETUID; \"man 7 capabilities\" "
                       "lists them");
      }
      options_.add_capabilities(*capability);
    }
    return absl::OkStatus();
  }

  absl::Status Secrets(const std::vector<std::string>& entries, bool none,
                       SecretValues& values) {
    ChangeList(entries, none, "secrets");
    for (const std::string& entry : entries) {
      const size_t equals = entry.find('=');
      const std::string name = entry.substr(0, equals);
      if (equals == std::string::npos || equals + 1 == entry.size()) {
        return Misused("--secret", entry, "NAME=FILE");
      }
      RETURN_IF_ERROR(function::CheckSecretName(name));
      ASSIGN_OR_RETURN(values[name], Content(name, entry.substr(equals + 1)));
      options_.add_secrets(name);
    }
    return absl::OkStatus();
  }

 private:
  static absl::StatusOr<std::string> Content(const std::string& name,
                                             const std::string& path) {
    auto content = fs::ReadFile(path, function::kMaxSecretBytes);
    if (content.ok()) return content;
    return absl::Status(
        content.status().code(),
        absl::StrCat("--secret ", name, ": ", content.status().message()));
  }

  bool Given(const std::string& text, const char* field) {
    if (!text.empty()) Change(field);
    return !text.empty();
  }

  void ChangeList(const std::vector<std::string>& list, bool none,
                  const char* field) {
    if (none || !list.empty()) Change(field);
  }

  void Change(const char* field) {
    mask_.add_paths(absl::StrCat("options.container.", field));
  }

  v1::ContainerOptions& options_;
  google::protobuf::FieldMask& mask_;
};

}  // namespace

absl::Status ParseContainerFlags(const ContainerFlags& flags,
                                 v1::ContainerOptions& options,
                                 google::protobuf::FieldMask& mask,
                                 SecretValues& secrets) {
  Parser parser(options, mask);
  RETURN_IF_ERROR(parser.Sizes(flags));
  RETURN_IF_ERROR(parser.Numbers(flags));
  RETURN_IF_ERROR(parser.Network(flags.network));
  parser.User(flags.user);
  parser.Env(flags.env, flags.no_env);
  RETURN_IF_ERROR(
      parser.Capabilities(flags.capabilities, flags.no_capabilities));
  RETURN_IF_ERROR(parser.Secrets(flags.secrets, flags.no_secrets, secrets));
  return function::CheckContainerOptions(options);
}

}  // namespace faas::cli
