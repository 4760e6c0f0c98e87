#include "runnerd/revision/revision.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "function/function_name.h"
#include "runnerd/profile/container_profile.h"
#include "runnerd/revision/rootfs.h"
#include "runnerd/revision/secrets.h"

namespace faas::runnerd {
namespace {

constexpr char kSecretsDirectory[] = "/secrets";

std::string ImageDirectory(const std::string& state_dir,
                           const std::string& name) {
  return absl::StrCat(state_dir, "/images/", name);
}

bool IsHex(absl::string_view text, size_t digits) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isxdigit);
}

absl::StatusOr<std::vector<std::string>> LayerPaths(
    const v1::Function& function, const std::string& state_dir) {
  std::vector<std::string> paths;
  for (const v1::Layer& layer : function.image().layers()) {
    absl::string_view id = layer.content_id();
    if (!absl::ConsumePrefix(&id, "sha256:") || !IsHex(id, 64)) {
      return absl::InvalidArgumentError("a layer has no content id");
    }
    paths.push_back(absl::StrCat(state_dir, "/layers/", id, "/tree"));
  }
  return paths;
}

// Marks `status` as an error of the image, which says of itself what cannot be
// run.
absl::Status InvalidImage(absl::Status status) {
  return rpc::WithMetadata(rpc::WithReason(std::move(status), "INVALID_IMAGE"),
                           "category", "CONFIG");
}

// FAILED_PRECONDITION if the owners of files in the layers were shifted by
// another number, which is that of registryd's --id_base.
absl::Status CheckIdBase(const v1::Function& function, uint32_t id_base) {
  if (function.image().id_base() == id_base) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "function \"", function.name(),
      "\" was deployed with --id_base=", function.image().id_base(),
      ", and runnerd has ", id_base, "; give both daemons the same"));
}

absl::Status CheckUser(const ImageUser& user, uint32_t id_base) {
  if (id_base == 0 || std::max(user.uid, user.gid) < kContainerIds) {
    return absl::OkStatus();
  }
  return InvalidImage(absl::InvalidArgumentError(absl::StrCat(
      "Invalid Docker image: its user is ", user.uid, ":", user.gid,
      ", but containers have the ids 0 to ", kContainerIds - 1,
      "; set another with USER in the Dockerfile")));
}

const std::string& UserOf(const v1::Function& function) {
  const std::string& chosen = function.options().container().user();
  return chosen.empty() ? function.image().config().user() : chosen;
}

// INVALID_ARGUMENT if the image has no such directory. The runtime could not
// create it, because the root file system is read-only.
absl::Status CheckWorkingDir(const std::string& rootfs,
                             const std::string& working_dir) {
  ASSIGN_OR_RETURN(const base::UniqueFd root,
                   fs::Open(rootfs, O_PATH | O_DIRECTORY));
  const std::string path = working_dir.empty() ? "/" : working_dir;
  if (path[0] == '/' &&
      fs::OpenInRoot(root.get(), path, O_PATH | O_DIRECTORY).ok()) {
    return absl::OkStatus();
  }
  return InvalidImage(absl::InvalidArgumentError(absl::StrCat(
      "Invalid Docker image: its working directory \"", base::Printable(path),
      "\" is not a directory of the image; create it with WORKDIR in the "
      "Dockerfile")));
}

}  // namespace

absl::StatusOr<int> ParseSignal(const std::string& text) {
  if (text.empty()) return SIGTERM;
  int number;
  if (absl::SimpleAtoi(text, &number) && number > 0 && number <= SIGRTMAX) {
    return number;
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* name = sigabbrev_np(signal);
    if (name != nullptr && absl::StripPrefix(text, "SIG") == name) {
      return signal;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "Invalid Docker image: StopSignal \"", base::Printable(text),
      "\" is no signal; set one with STOPSIGNAL in the Dockerfile"));
}

Revision::Revision(const v1::Function& function, std::string directory)
    : function_(function),
      directory_(std::move(directory)),
      rootfs_(directory_ + "/rootfs"),
      control_line_(function.name(), function.revision()) {}

absl::StatusOr<std::shared_ptr<const Revision>> Revision::Prepare(
    const v1::Function& function, const Environment& environment) {
  // The name and the id become paths on which root mounts. They are checked
  // here again, because registryd takes input from strangers.
  RETURN_IF_ERROR(function::CheckFunctionName(function.name()));
  if (!IsHex(function.revision_id(), 16)) {
    return absl::InvalidArgumentError("the revision has no id");
  }
  const std::string image =
      ImageDirectory(environment.state_dir, function.name());
  auto revision = std::shared_ptr<Revision>(
      new Revision(function, absl::StrCat(image, "/", function.revision_id())));
  RETURN_IF_ERROR(CheckIdBase(function, environment.id_base));
  auto settings = SettingsFor(function.options().container(),
                              environment.settings, environment.grants);
  if (!settings.ok()) {
    return rpc::WithReason(settings.status(), "INVALID_REQUEST");
  }
  revision->settings_ = *std::move(settings);
  revision->id_base_ = environment.id_base;
  for (const std::string& directory : {image, revision->directory_}) {
    RETURN_IF_ERROR(fs::MakeDirectories(directory, 0700));
    RETURN_IF_ERROR(LetContainersPass(directory, environment.id_base));
  }
  RETURN_IF_ERROR(revision->Mount(environment));
  RETURN_IF_ERROR(CheckWorkingDir(revision->rootfs_,
                                  function.image().config().working_dir()));
  const auto user = ResolveImageUserIn(revision->rootfs_, UserOf(function));
  if (!user.ok()) return InvalidImage(user.status());
  revision->user_ = *user;
  RETURN_IF_ERROR(CheckUser(*user, environment.id_base));
  const auto signal = ParseSignal(function.image().config().stop_signal());
  if (!signal.ok()) return InvalidImage(signal.status());
  revision->stop_signal_ = *signal;
  ASSIGN_OR_RETURN(std::string secrets, revision->MountSecrets(environment));
  revision->spec_ = SpecTemplate({.function = function,
                                  .user = *user,
                                  .settings = revision->settings_,
                                  .host = environment.host,
                                  .id_base = environment.id_base,
                                  .secrets = std::move(secrets)});
  return revision;
}

absl::Status Revision::Mount(const Environment& environment) {
  ASSIGN_OR_RETURN(std::vector<std::string> layers,
                   LayerPaths(function_, environment.state_dir));
  if (environment.flat_trees == nullptr) {
    return MountRootfs(environment.scaffold, layers, rootfs_);
  }
  layers.push_back(environment.scaffold);
  ASSIGN_OR_RETURN(flat_tree_, environment.flat_trees->Get(layers));
  return MountFlatRootfs(flat_tree_->path, rootfs_);
}

absl::StatusOr<std::string> Revision::MountSecrets(
    const Environment& environment) {
  if (settings_.secrets.empty()) return "";
  const std::string target = directory_ + kSecretsDirectory;
  RETURN_IF_ERROR(runnerd::MountSecrets(
      {.source = absl::StrCat(environment.state_dir, "/secrets/", id()),
       .names = settings_.secrets,
       .uid = host_uid(),
       .gid = host_gid()},
      target));
  return target;
}

Revision::~Revision() {
  for (const std::string& mounted : {directory_ + kSecretsDirectory, rootfs_}) {
    const absl::Status status = UnmountRootfs(mounted);
    if (!status.ok()) log::Line("rootfs", std::string(status.message()));
  }
  rmdir(directory_.c_str());
  // The directory of the function goes with its last revision.
  rmdir(directory_.substr(0, directory_.find_last_of('/')).c_str());
}

}  // namespace faas::runnerd
