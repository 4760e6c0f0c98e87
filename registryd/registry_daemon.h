#ifndef FAAS_REGISTRYD_REGISTRY_DAEMON_H_
#define FAAS_REGISTRYD_REGISTRY_DAEMON_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/rpc/server.h"
#include "registryd/deploy/deployer.h"
#include "registryd/deploy/image_intake.h"
#include "registryd/deploy/secret_store.h"
#include "registryd/flags.h"
#include "registryd/function_service.h"
#include "registryd/peers/peers.h"
#include "registryd/platform_service.h"
#include "registryd/registry/registry.h"
#include "registryd/store/garbage_collector.h"
#include "registryd/store/layer_store.h"
#include "registryd/store/store_space.h"
#include "registryd/store_service.h"
#include "registryd/upload/archive_inbox.h"

namespace faas::registryd {

// The parts of registryd and how they are wired: the registry, the store of
// layers, the deployer, and the services that clients call. Owns all of them.
//
// Start and Stop are called by one thread; the services run on gRPC's threads.
class RegistryDaemon {
 public:
  // Locks the run and the state directory, opens what is in them and serves.
  // Returns FAILED_PRECONDITION if another registryd has one of the
  // directories, or the error of the part that could not be opened; then
  // nothing is served.
  static absl::StatusOr<std::unique_ptr<RegistryDaemon>> Start(Flags flags);

  // Ends the watches, lets other calls finish for `stop_timeout`, cancels what
  // is left and stops to serve.
  void Stop();

 private:
  explicit RegistryDaemon(Flags flags);

  absl::Status LockDirectories();
  absl::Status OpenState();
  void MakeDeployer(const std::string& extractor);
  absl::Status Serve();

  const Flags flags_;
  base::UniqueFd run_lock_;
  base::UniqueFd state_lock_;
  // Each part uses only those above it, and goes before them.
  std::unique_ptr<LayerStore> store_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<SecretStore> secrets_;
  Peers peers_;
  std::unique_ptr<GarbageCollector> collector_;
  std::unique_ptr<StoreSpace> space_;
  std::unique_ptr<ImageIntake> intake_;
  std::unique_ptr<Deployer> deployer_;
  std::unique_ptr<ArchiveInbox> inbox_;
  std::unique_ptr<FunctionService> function_service_;
  std::unique_ptr<StoreService> store_service_;
  std::unique_ptr<PlatformService> platform_service_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_DAEMON_H_
