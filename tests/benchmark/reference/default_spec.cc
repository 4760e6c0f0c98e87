#include "tests/benchmark/reference/default_spec.h"

#include <poll.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/process/child.h"

namespace faas::benchmark {
namespace {

using nlohmann::json;

constexpr char kCgroup[] = "@cgroup@";
constexpr char kSocket[] = "@socket@";
constexpr char kRootfs[] = "@rootfs@";
constexpr size_t kMaxSpecBytes = 1 << 20;
constexpr int kTimeoutMs = 10000;

absl::StatusOr<json> RunSpec(const std::string& runtime,
                             const std::string& directory) {
  std::vector<std::string> command =
      absl::StrSplit(runtime, ' ', absl::SkipEmpty());
  command.insert(command.end(), {"spec", "--bundle", directory});
  ASSIGN_OR_RETURN(process::Child child, process::Spawn({.args = command}));
  pollfd ended = {.fd = child.pidfd(), .events = POLLIN};
  poll(&ended, 1, kTimeoutMs);
  RETURN_IF_ERROR(child.Reap().status());
  ASSIGN_OR_RETURN(const std::string text,
                   fs::ReadFile(directory + "/config.json", kMaxSpecBytes));
  json spec = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (spec.is_discarded()) {
    return absl::DataLossError(absl::StrCat(runtime, " spec wrote no JSON"));
  }
  return spec;
}

}  // namespace

absl::StatusOr<DefaultSpec> DefaultSpec::Make(
    const std::string& runtime, const std::string& directory,
    const runnerd::Revision& revision) {
  ASSIGN_OR_RETURN(json spec, RunSpec(runtime, directory));
  const auto& command = revision.function().command();
  spec["process"]["terminal"] = false;
  spec["process"]["args"] =
      std::vector<std::string>(command.begin(), command.end());
  spec["root"]["path"] = kRootfs;
  spec["linux"]["cgroupsPath"] = kCgroup;
  spec["mounts"].push_back({{"destination", "/control.sock"},
                            {"type", "bind"},
                            {"source", kSocket},
                            {"options", {"bind", "ro"}}});
  return DefaultSpec(spec.dump());
}

std::string DefaultSpec::Render(
    const runnerd::SpecTemplate::Container& container) const {
  return absl::StrReplaceAll(text_, {{kCgroup, container.cgroup_path},
                                     {kSocket, container.control_socket},
                                     {kRootfs, container.rootfs}});
}

}  // namespace faas::benchmark
