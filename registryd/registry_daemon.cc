#include "registryd/registry_daemon.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/log/log.h"
#include "common/rpc/control_listener.h"
#include "common/rpc/listener.h"
#include "registryd/extractor_path.h"

namespace faas::registryd {
namespace {

// ":8080" of "127.0.0.1:8080".
std::string PortOf(const std::string& address) {
  const size_t colon = address.find_last_of(':');
  return colon == std::string::npos ? address : address.substr(colon);
}

absl::StatusOr<std::optional<rpc::ControlListener>> OpenControlListener(
    const Flags& flags) {
  std::optional<rpc::ControlListener> listener;
  if (flags.control_listen.empty()) return listener;
  log::Line("init", "Starting control API on " + PortOf(flags.control_listen));
  ASSIGN_OR_RETURN(listener, rpc::ControlListener::Open(
                                 {.address = flags.control_listen,
                                  .token_file = flags.token_file,
                                  .tls = {.cert = flags.tls_cert,
                                          .key = flags.tls_key,
                                          .ca = flags.tls_client_ca}}));
  return listener;
}

}  // namespace

RegistryDaemon::RegistryDaemon(Flags flags)
    : flags_(std::move(flags)), peers_(flags_.run_dir) {}

absl::StatusOr<std::unique_ptr<RegistryDaemon>> RegistryDaemon::Start(
    Flags flags) {
  ASSIGN_OR_RETURN(const std::string extractor, FindExtractor(flags.extractor));
  std::unique_ptr<RegistryDaemon> daemon(new RegistryDaemon(std::move(flags)));
  RETURN_IF_ERROR(daemon->LockDirectories());
  RETURN_IF_ERROR(daemon->OpenState());
  daemon->MakeDeployer(extractor);
  RETURN_IF_ERROR(daemon->Serve());
  return daemon;
}

absl::Status RegistryDaemon::LockDirectories() {
  ASSIGN_OR_RETURN(run_lock_,
                   daemon::EnterRunDirectory(flags_.run_dir, "registryd",
                                             flags_.parent_pid, flags_.group));
  log::Line("init", "Setting up " + flags_.state_dir);
  ASSIGN_OR_RETURN(
      state_lock_,
      daemon::EnterDirectory(flags_.state_dir, "registryd", flags_.parent_pid));
  return absl::OkStatus();
}

absl::Status RegistryDaemon::OpenState() {
  ASSIGN_OR_RETURN(store_, LayerStore::Open(flags_.state_dir, flags_.id_base));
  ASSIGN_OR_RETURN(registry_,
                   Registry::Open(flags_.state_dir + "/registry.json"));
  log::Line("init", absl::StrCat("Loaded ", registry_->size(),
                                 " images from registry"));
  ASSIGN_OR_RETURN(secrets_,
                   SecretStore::Open(flags_.state_dir, registry_->Revisions()));
  return absl::OkStatus();
}

void RegistryDaemon::MakeDeployer(const std::string& extractor) {
  collector_ = std::make_unique<GarbageCollector>(store_.get(), registry_.get(),
                                                  &peers_, flags_.layer_grace);
  space_ = std::make_unique<StoreSpace>(StoreSpace::Options{
      .state_dir = flags_.state_dir,
      .quota_bytes = flags_.store_quota,
      .reserve_bytes = flags_.store_reserve,
      .used_bytes = [this] { return store_->disk_bytes(); },
      .make_room = [this] { collector_->Collect().IgnoreError(); }});
  intake_ = std::make_unique<ImageIntake>(
      ImageIntake::Options{.extractor = extractor,
                           .limits = flags_.image_limits,
                           .id_base = flags_.id_base},
      store_.get(), space_.get());
  deployer_ = std::make_unique<Deployer>(
      flags_.state_dir, intake_.get(), store_.get(), secrets_.get(),
      registry_.get(), &peers_, collector_.get());
}

absl::Status RegistryDaemon::Serve() {
  ASSIGN_OR_RETURN(inbox_, ArchiveInbox::Open(flags_.run_dir, flags_.group));
  function_service_ = std::make_unique<FunctionService>(
      registry_.get(), deployer_.get(), inbox_.get());
  store_service_ = std::make_unique<StoreService>(
      store_.get(), registry_.get(), space_.get(), collector_.get());
  platform_service_ = std::make_unique<PlatformService>(&peers_);
  ASSIGN_OR_RETURN(std::optional<rpc::ControlListener> control,
                   OpenControlListener(flags_));
  ASSIGN_OR_RETURN(
      rpc::Listener listener,
      rpc::Listener::Unix(flags_.run_dir + "/registryd.sock", flags_.group));
  ASSIGN_OR_RETURN(
      server_, rpc::Server::Start(
                   {.listener = std::move(listener),
                    .access = {.group = flags_.group,
                               .read_only_uids = flags_.read_only_uids},
                    .limits = flags_.api_limits,
                    .control = std::move(control),
                    .services = {function_service_.get(), store_service_.get(),
                                 platform_service_.get()}}));
  server_->SetServing(true);
  return absl::OkStatus();
}

void RegistryDaemon::Stop() {
  function_service_->StopWatches();
  server_->Shutdown(flags_.stop_timeout);
}

}  // namespace faas::registryd
