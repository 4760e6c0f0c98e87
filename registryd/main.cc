// registryd: the registry of functions, the image store, and the public API.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/log/log.h"
#include "common/rpc/api_flags.h"
#include "common/rpc/control_listener.h"
#include "common/rpc/listener.h"
#include "common/rpc/server.h"
#include "registryd/deploy/deployer.h"
#include "registryd/deploy/secret_store.h"
#include "registryd/function_service.h"
#include "registryd/image_limit_flags.h"
#include "registryd/peers/peers.h"
#include "registryd/platform_service.h"
#include "registryd/registry/registry.h"
#include "registryd/store/garbage_collector.h"
#include "registryd/store/layer_store.h"
#include "registryd/store/store_space.h"
#include "registryd/store_service.h"
#include "registryd/upload/archive_inbox.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "Where functions and their images are kept.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, control_listen, "127.0.0.1:8080",
          "HOST:PORT of the control API beside the unix socket; systemd for "
          "the socket \"control\" of a .socket unit; empty for none. On "
          "loopback each call needs the token, elsewhere each client "
          "a certificate.");
ABSL_FLAG(std::string, token_file, "",
          "Where the control API's token is, for root alone; made if it is not "
          "there. By default <state_dir>/token.");
ABSL_FLAG(std::string, tls_cert, "",
          "The control API's certificate, in PEM. With it, clients show "
          "certificates instead of the token.");
ABSL_FLAG(std::string, tls_key, "", "The private key of --tls_cert, in PEM.");
ABSL_FLAG(std::string, tls_client_ca, "",
          "Whose certificates clients of the control API have to have, in "
          "PEM.");
ABSL_FLAG(std::vector<std::string>, read_only_uids, {},
          "User ids, with commas between, that may follow the functions over "
          "the unix socket and change nothing, whatever groups they have.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long calls may go on after SIGTERM.");
ABSL_FLAG(uint32_t, id_base, 100000,
          "Added to the owners' ids of images: the host's id for the root of "
          "containers, which have 65,536 ids from there on, in a user "
          "namespace. 0 for neither. runnerd's must be the same.");
ABSL_FLAG(absl::Duration, layer_grace, absl::Hours(1),
          "How long a layer stays that no function uses.");
ABSL_FLAG(uint64_t, store_quota, 0,
          "What all layers together may take on disk, in bytes; 0 for no "
          "quota.");
ABSL_FLAG(uint64_t, store_reserve, uint64_t{1} << 30,
          "What a deploy leaves free on the store's file system, in bytes.");
ABSL_FLAG(std::string, extractor, "",
          "The program that unpacks images; by default it is looked for beside "
          "this one.");
ABSL_FLAG(int, parent_pid, 0,
          "Stop when this parent process ends; 0 for never.");

namespace faas::registryd {
namespace {

// User and group ids in a container's user namespace; runnerd maps as many.
constexpr uint32_t kContainerIds = 65536;

absl::StatusOr<image::Limits> ImageLimits() {
  ASSIGN_OR_RETURN(image::Limits limits, ImageLimitsFromFlags());
  const uint32_t id_base = absl::GetFlag(FLAGS_id_base);
  // One more is the extractor's, and the last is none.
  if (id_base > ~uint32_t{0} - kContainerIds - 1) {
    return absl::InvalidArgumentError(absl::StrCat("--id_base=", id_base,
                                                   " leaves no room for ",
                                                   kContainerIds + 1, " ids"));
  }
  if (id_base > 0) limits.ids = kContainerIds;
  return limits;
}

// Installed, all programs lie in one directory; built, each in its package's.
absl::StatusOr<std::string> FindExtractor() {
  std::string program = absl::GetFlag(FLAGS_extractor);
  std::error_code error;
  if (!program.empty()) {
    if (std::filesystem::is_regular_file(program, error)) return program;
    return absl::NotFoundError(
        absl::StrCat("--extractor=", program, " is not there"));
  }
  const std::string directory =
      std::filesystem::read_symlink("/proc/self/exe", error)
          .parent_path()
          .string();
  for (const char* place :
       {"/extractor", "/../extractor/sandboxee/extractor"}) {
    program = directory + place;
    if (std::filesystem::is_regular_file(program, error)) return program;
  }
  return absl::NotFoundError(absl::StrCat(
      "cannot find extractor beside registryd (", directory,
      "); build it with \"bazel build //...\", or name it with --extractor"));
}

std::string PortOf(const std::string& address) {
  const size_t colon = address.find_last_of(':');
  return colon == std::string::npos ? address : address.substr(colon);
}

rpc::ControlListener::Options ControlOptions(const std::string& state_dir) {
  std::string token_file = absl::GetFlag(FLAGS_token_file);
  if (token_file.empty()) token_file = state_dir + "/token";
  return {.address = absl::GetFlag(FLAGS_control_listen),
          .token_file = std::move(token_file),
          .tls = {.cert = absl::GetFlag(FLAGS_tls_cert),
                  .key = absl::GetFlag(FLAGS_tls_key),
                  .ca = absl::GetFlag(FLAGS_tls_client_ca)}};
}

absl::StatusOr<rpc::AccessPolicy> Access(gid_t group) {
  rpc::AccessPolicy policy = {.group = group};
  for (const std::string& text : absl::GetFlag(FLAGS_read_only_uids)) {
    uint32_t uid;
    if (!absl::SimpleAtoi(text, &uid)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--read_only_uids: \"", text, "\" is no number"));
    }
    policy.read_only_uids.push_back(uid);
  }
  return policy;
}

absl::Status Run() {
  const std::string state_dir = absl::GetFlag(FLAGS_state_dir);
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  const std::string control = absl::GetFlag(FLAGS_control_listen);
  const int parent = absl::GetFlag(FLAGS_parent_pid);
  RETURN_IF_ERROR(daemon::Begin(parent));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(const image::Limits limits, ImageLimits());
  ASSIGN_OR_RETURN(const std::string extractor, FindExtractor());
  ASSIGN_OR_RETURN(const rpc::Limits api_limits, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(const gid_t group,
                   rpc::GroupFromFlags(/*supervised=*/parent != 0));
  ASSIGN_OR_RETURN(rpc::AccessPolicy access, Access(group));
  ASSIGN_OR_RETURN(
      const base::UniqueFd lock,
      daemon::EnterRunDirectory(run_dir, "registryd", parent, group));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  daemon::RaiseDescriptorLimit();
  log::Line("init", "Setting up " + state_dir);
  ASSIGN_OR_RETURN(const base::UniqueFd state_lock,
                   daemon::EnterDirectory(state_dir, "registryd", parent));
  ASSIGN_OR_RETURN(const auto store,
                   LayerStore::Open(state_dir, absl::GetFlag(FLAGS_id_base)));
  ASSIGN_OR_RETURN(const auto registry,
                   Registry::Open(state_dir + "/registry.json"));
  log::Line("init",
            absl::StrCat("Loaded ", registry->size(), " images from registry"));

  ASSIGN_OR_RETURN(const auto secrets,
                   SecretStore::Open(state_dir, registry->Revisions()));

  Peers peers(run_dir);
  GarbageCollector janitor(store.get(), registry.get(), &peers,
                           absl::GetFlag(FLAGS_layer_grace));
  StoreSpace space(
      {.state_dir = state_dir,
       .quota_bytes = absl::GetFlag(FLAGS_store_quota),
       .reserve_bytes = absl::GetFlag(FLAGS_store_reserve),
       .used_bytes = [&store] { return store->disk_bytes(); },
       .make_room = [&janitor] { janitor.Collect().IgnoreError(); }});
  Deployer deployer({.state_dir = state_dir,
                     .limits = limits,
                     .id_base = absl::GetFlag(FLAGS_id_base),
                     .extractor = extractor},
                    store.get(), &space, secrets.get(), registry.get(), &peers,
                    &janitor);
  ASSIGN_OR_RETURN(const auto inbox, ArchiveInbox::Open(run_dir, group));
  FunctionService service(registry.get(), &deployer, inbox.get());
  StoreService store_service(store.get(), registry.get(), &space, &janitor);
  PlatformService platform_service(&peers);
  std::optional<rpc::ControlListener> control_listener;
  if (!control.empty()) {
    log::Line("init", "Starting control API on " + PortOf(control));
    ASSIGN_OR_RETURN(control_listener,
                     rpc::ControlListener::Open(ControlOptions(state_dir)));
  }
  ASSIGN_OR_RETURN(rpc::Listener listener,
                   rpc::Listener::Unix(run_dir + "/registryd.sock", group));
  ASSIGN_OR_RETURN(const auto server,
                   rpc::Server::Start({.listener = std::move(listener),
                                       .access = std::move(access),
                                       .limits = api_limits,
                                       .control = std::move(control_listener),
                                       .services = {&service, &store_service,
                                                    &platform_service}}));
  server->SetServing(true);
  daemon::AwaitStop(stop.get());
  service.StopWatches();
  server->Shutdown(absl::GetFlag(FLAGS_stop_timeout));
  log::Flush();
  return absl::OkStatus();
}

}  // namespace
}  // namespace faas::registryd

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("faasd's registry and image store.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::registryd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("registryd", status);
}
