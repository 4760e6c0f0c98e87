#include "registryd/deploy/deployer.h"

#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>
#include <sys/random.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "extractor/client/extraction.h"
#include "function/function_name.h"
#include "image/error.h"
#include "registryd/deploy/requested_options.h"
#include "registryd/registry/storage_failure.h"

namespace faas::registryd {
namespace {

using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;

// After the commit nothing can fail any more; the wait only makes sure that
// the next command already sees the effect.
constexpr absl::Duration kConvergenceTimeout = absl::Seconds(10);

std::string NewRevisionId() {
  uint64_t bits = 0;
  // Cannot fail for so few bytes.
  [[maybe_unused]] const ssize_t n = getrandom(&bits, sizeof(bits), 0);
  return absl::StrFormat("%016x", bits);
}

// An error of the image library, as the API reports it.
absl::Status WithImageReason(absl::Status status) {
  const auto category = image::CategoryOf(status);
  if (!category.has_value()) return status;
  status = rpc::WithMetadata(std::move(status), "category",
                             image::CategoryName(*category));
  if (*category == image::ErrorCategory::kStorage) {
    return rpc::WithReason(std::move(status), "STORAGE");
  }
  if (*category == image::ErrorCategory::kLimit) {
    return rpc::WithReason(std::move(status), "LIMIT_EXCEEDED");
  }
  return rpc::WithReason(std::move(status), "INVALID_IMAGE");
}

// Of what an image says, everybody who lists or watches functions gets a copy.
absl::Status CheckSize(const v1::Function& function) {
  if (function.ByteSizeLong() <= kMaxFunctionBytes) return absl::OkStatus();
  return WithImageReason(extractor::TooLargeImage());
}

void LogFailure(const std::string& name, const absl::Status& status) {
  log::Line("api",
            absl::StrCat("Failed to deploy ", name, ": ", status.message()));
}

// " (max_queued: 5)", if it has options.
std::string OptionsForLog(const v1::Function& function) {
  const std::string options = function.options().ShortDebugString();
  return options.empty() ? "" : absl::StrCat(" (", options, ")");
}

void SetImage(v1::Function& function, v1::Image image) {
  const v1::ImageConfig& config = image.config();
  function.clear_command();
  for (const std::string& arg : config.entrypoint()) {
    function.add_command(arg);
  }
  for (const std::string& arg : config.cmd()) function.add_command(arg);
  *function.mutable_image() = std::move(image);
}

void BeginRevision(v1::Function& function) {
  function.set_revision(function.revision() + 1);
  function.set_revision_id(NewRevisionId());
  *function.mutable_update_time() = TimeUtil::GetCurrentTime();
  if (!function.has_create_time()) {
    *function.mutable_create_time() = function.update_time();
  }
}

}  // namespace

Deployer::Deployer(Options options, LayerStore* store, StoreSpace* space,
                   SecretStore* secrets, Registry* registry, Peers* peers,
                   GarbageCollector* collector)
    : options_(std::move(options)),
      store_(store),
      space_(space),
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
  collector_->Notify();  // the old revision's layers, or the new one's
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
    RETURN_IF_ERROR(CheckSize(function));
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
  ASSIGN_OR_RETURN(Extracted extracted, Extract(upload));
  SetImage(function, std::move(extracted.image));
  BeginRevision(function);
  absl::Status status = CheckSize(function);
  if (status.ok()) {
    status = Release(
        function, old_revision,
        ReplacesSecrets(upload.options_mask) ? &upload.secrets : nullptr,
        upload.cancelled);
  }
  if (!status.ok()) {
    store_->Abandon(*extracted.pin);
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

absl::StatusOr<Deployer::Extracted> Deployer::Extract(const Upload& upload) {
  RETURN_IF_ERROR(peers_->CheckReachable());
  log::Line("api", absl::StrCat("Uploading image: ", upload.function));
  const auto staging = store_->NewStaging();
  if (!staging.ok()) return StorageFailure(staging.status());
  // What was admitted counts until the layers do.
  const auto space = space_->BeginUpload();
  ASSIGN_OR_RETURN(image::ExtractedImage extracted,
                   ExtractTo(**staging, *space, upload));
  uint64_t stored = 0;
  for (const image::Layer& layer : extracted.layers) {
    stored += layer.stored ? 1 : 0;
  }
  log::Line(
      "extract",
      absl::StrCat(
          "Found ", extracted.layers.size(), " layers",
          stored == 0 ? "" : absl::StrCat(" (", stored, " stored already)")));
  auto pin = store_->Adopt(**staging, extracted);
  if (!pin.ok()) return StorageFailure(pin.status());
  return Extracted{std::move(extracted.image), *std::move(pin)};
}

absl::StatusOr<image::ExtractedImage> Deployer::ExtractTo(
    LayerStore::Staging& staging, StoreSpace::Upload& space,
    const Upload& upload) {
  log::Line("extract", absl::StrCat("Extracting tarball to ", staging.path()));
  absl::Status status = space.Admit(0);
  if (!status.ok()) return WithImageReason(std::move(status));
  auto extracted = extractor::ExtractApart(
      upload.archive,
      {.program = options_.extractor,
       .staging = staging.path(),
       .id_base = options_.id_base,
       .limits = options_.limits,
       .reference = upload.reference,
       .stored = &staging,
       .admit = [&space](uint64_t bytes) { return space.Admit(bytes); },
       .on_progress = upload.on_progress,
       .check_room = [&space] { return space.Check(); },
       .cancelled = upload.cancelled});
  if (!extracted.ok()) return WithImageReason(extracted.status());
  return extracted;
}

absl::Status Deployer::PrepareAndPut(v1::Function& function, bool is_new,
                                     const std::function<bool()>& cancelled) {
  RETURN_IF_ERROR(peers_->PrepareRevision(function));
  log::Line("extract", absl::StrCat("✓ Image extracted to ", options_.state_dir,
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
  // It is durable, so it has happened; a peer that is away follows when it is
  // back.
  if (!status.ok()) log::Line("api", std::string(status.message()));
}

}  // namespace faas::registryd
