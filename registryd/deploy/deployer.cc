#include "registryd/deploy/deployer.h"

#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "function/function_name.h"
#include "registryd/deploy/function_revision.h"
#include "registryd/deploy/requested_options.h"
#include "registryd/registry/storage_failure.h"

namespace faas::registryd {
namespace {

using google::protobuf::util::MessageDifferencer;

// How long to wait for the other daemons after the registry has been written.
// Nothing can fail any more; the wait makes sure that the next command sees the
// effect.
constexpr absl::Duration kConvergenceTimeout = absl::Seconds(10);

void LogFailure(const std::string& name, const absl::Status& status) {
  log::Line("api",
            absl::StrCat("Failed to deploy ", name, ": ", status.message()));
}

// Returns the options as " (max_queued: 5)", or "" if there are none.
std::string OptionsForLog(const v1::Function& function) {
  const std::string options = function.options().ShortDebugString();
  return options.empty() ? "" : absl::StrCat(" (", options, ")");
}

}  // namespace

Deployer::Deployer(std::string state_dir, ImageIntake* intake,
                   LayerStore* store, SecretStore* secrets, Registry* registry,
                   Peers* peers, GarbageCollector* collector)
    : state_dir_(std::move(state_dir)),
      intake_(intake),
      store_(store),
      secrets_(secrets),
      registry_(registry),
      peers_(peers),
      collector_(collector) {}

absl::StatusOr<v1::Function> Deployer::Create(const Upload& upload) {
  const std::string& name = upload.function;
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto guard, registry_->BeginChange(name));
  if (registry_->Get(name).ok()) {
    return rpc::WithReason(
        absl::AlreadyExistsError(absl::StrCat(
            "function \"", name, "\" exists already; \"faas update ", name,
            "\" replaces its image, \"faas rm ", name, "\" removes it")),
        "FUNCTION_EXISTS");
  }
  v1::Function function;
  function.set_name(name);
  MergeOptions(upload.options, upload.options_mask, function);
  RETURN_IF_ERROR(CheckOptions(function.options()));
  RETURN_IF_ERROR(CheckSecrets(function.options().container(),
                               upload.options_mask, upload.secrets));
  auto result = Deploy(std::move(function), upload);
  if (!result.ok()) {
    LogFailure(name, result.status());
    collector_->Notify();
  }
  return result;
}

absl::StatusOr<v1::Function> Deployer::Update(const Upload& upload) {
  const std::string& name = upload.function;
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto guard, registry_->BeginChange(name));
  ASSIGN_OR_RETURN(v1::Function function, registry_->Get(name));
  MergeOptions(upload.options, upload.options_mask, function);
  RETURN_IF_ERROR(CheckOptions(function.options()));
  RETURN_IF_ERROR(CheckSecrets(function.options().container(),
                               upload.options_mask, upload.secrets));
  auto result = Deploy(std::move(function), upload);
  if (!result.ok()) LogFailure(name, result.status());
  // The layers of the old revision, or of the new one, may be unused now.
  collector_->Notify();
  return result;
}

absl::StatusOr<v1::Function> Deployer::Configure(
    const v1::Function& options, const google::protobuf::FieldMask& mask,
    const SecretStore::Values& secrets) {
  const std::string& name = options.name();
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto guard, registry_->BeginChange(name));
  ASSIGN_OR_RETURN(v1::Function function, registry_->Get(name));
  const v1::ContainerOptions before = function.options().container();
  const std::string revision = function.revision_id();
  MergeOptions(options, mask, function);
  RETURN_IF_ERROR(CheckOptions(function.options()));
  RETURN_IF_ERROR(CheckSecrets(function.options().container(), mask, secrets));
  if (!secrets.empty() ||
      !MessageDifferencer::Equals(before, function.options().container())) {
    BeginRevision(function);
    RETURN_IF_ERROR(CheckFunctionSize(function));
    const absl::Status status =
        Release(function, revision, ReplacesSecrets(mask) ? &secrets : nullptr,
                [] { return false; });
    if (!status.ok()) {
      LogFailure(name, status);
      return status;
    }
  } else {
    ASSIGN_OR_RETURN(const uint64_t generation, registry_->Put(function));
    AwaitPeers(generation);
  }
  log::Line("api", absl::StrCat("✓ Updated ", name, " at ", function.address(),
                                OptionsForLog(function)));
  return function;
}

absl::StatusOr<v1::Function> Deployer::Deploy(v1::Function function,
                                              const Upload& upload) {
  const bool is_new = function.address().empty();
  const std::string old_revision = function.revision_id();
  RETURN_IF_ERROR(peers_->CheckReachable());
  log::Line("api", absl::StrCat("Uploading image: ", upload.function));
  ASSIGN_OR_RETURN(ImageIntake::Taken taken,
                   intake_->Take({.archive = upload.archive,
                                  .reference = upload.reference,
                                  .on_progress = upload.on_progress,
                                  .cancelled = upload.cancelled}));
  SetImage(std::move(taken.image), function);
  BeginRevision(function);
  absl::Status status = CheckFunctionSize(function);
  if (status.ok()) {
    status = Release(
        function, old_revision,
        ReplacesSecrets(upload.options_mask) ? &upload.secrets : nullptr,
        upload.cancelled);
  }
  if (!status.ok()) {
    store_->Abandon(*taken.pin);
    return status;
  }
  log::Line("api",
            absl::StrCat(is_new ? "✓ Deployed " : "✓ Updated ", function.name(),
                         " at ", function.address(), OptionsForLog(function)));
  return function;
}

absl::Status Deployer::Release(v1::Function& function,
                               const std::string& old_revision,
                               const SecretStore::Values* secrets,
                               const std::function<bool()>& cancelled) {
  const bool is_new = function.address().empty();
  absl::Status status;
  if (secrets != nullptr) {
    status = StorageFailure(secrets_->Put(function.revision_id(), *secrets));
  } else if (!function.options().container().secrets().empty()) {
    status =
        StorageFailure(secrets_->Carry(old_revision, function.revision_id()));
  }
  if (status.ok()) status = PrepareAndPut(function, is_new, cancelled);
  if (!status.ok()) {
    peers_->DiscardRevision(function);
    if (is_new) peers_->ReleaseAddress(function.name());
    secrets_->Remove(function.revision_id());
    return status;
  }
  if (!old_revision.empty()) secrets_->Remove(old_revision);
  return absl::OkStatus();
}

absl::Status Deployer::PrepareAndPut(v1::Function& function, bool is_new,
                                     const std::function<bool()>& cancelled) {
  RETURN_IF_ERROR(peers_->PrepareRevision(function));
  log::Line("extract", absl::StrCat("✓ Image extracted to ", state_dir_,
                                    "/images/", function.name(), "/rootfs"));
  if (is_new) {
    ASSIGN_OR_RETURN(const Peers::Address address,
                     peers_->ReserveAddress(function.name()));
    function.set_address(address.ip);
    function.set_port(address.port);
  }
  if (cancelled()) return absl::CancelledError("the client has gone");
  ASSIGN_OR_RETURN(const uint64_t generation, registry_->Put(function));
  AwaitPeers(generation);
  return absl::OkStatus();
}

absl::Status Deployer::Delete(const std::string& name) {
  RETURN_IF_ERROR(function::CheckFunctionName(name));
  ASSIGN_OR_RETURN(const auto guard, registry_->BeginChange(name));
  const auto function = registry_->Get(name);
  ASSIGN_OR_RETURN(const uint64_t generation, registry_->Delete(name));
  AwaitPeers(generation);
  if (function.ok()) secrets_->Remove(function->revision_id());
  collector_->Notify();
  log::Line("api", absl::StrCat("✓ Removed ", name));
  return absl::OkStatus();
}

void Deployer::AwaitPeers(uint64_t generation) {
  const absl::Status status =
      peers_->AwaitGeneration(generation, kConvergenceTimeout);
  // The change is in the registry, and a daemon that is away follows it when it
  // is back, so this is no error of the deploy.
  if (!status.ok()) log::Line("api", std::string(status.message()));
}

}  // namespace faas::registryd
