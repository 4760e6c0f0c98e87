#ifndef FAAS_REGISTRYD_DEPLOY_DEPLOYER_H_
#define FAAS_REGISTRYD_DEPLOY_DEPLOYER_H_

#include <google/protobuf/field_mask.pb.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "extractor/client/archive_source.h"
#include "faas/v1/function.pb.h"
#include "image/extract.h"
#include "registryd/deploy/image_intake.h"
#include "registryd/deploy/secret_store.h"
#include "registryd/peers/peers.h"
#include "registryd/registry/registry.h"
#include "registryd/store/garbage_collector.h"
#include "registryd/store/layer_store.h"

namespace faas::registryd {

// Creates, updates and removes functions: extraction, layers, address and root
// file system first, then the registry, so that a function that is visible is
// whole, and one that failed leaves nothing. Thread-safe.
class Deployer {
 public:
  // Borrows all but `state_dir`, which is the one that runnerd has, too.
  Deployer(std::string state_dir, ImageIntake* intake, LayerStore* store,
           SecretStore* secrets, Registry* registry, Peers* peers,
           GarbageCollector* collector);

  using OnProgress = std::function<void(const image::Progress&)>;

  struct Upload {
    std::string function;
    // Options that the function gets, and which of them: see UpdateMask. A new
    // one has no others.
    const v1::Function& options;
    google::protobuf::FieldMask options_mask;
    // The content of its secrets, if the mask has them.
    const SecretStore::Values& secrets;
    // See image::ExtractOptions.
    std::string reference;
    // Read to its end unless there is an error.
    extractor::ArchiveSource& archive;
    OnProgress on_progress;
    // Asked right before the point of no return: a client that has gone gets no
    // function.
    std::function<bool()> cancelled;
  };

  // ALREADY_EXISTS if there is a function of that name.
  absl::StatusOr<v1::Function> Create(const Upload& upload);
  // NOT_FOUND if there is none.
  absl::StatusOr<v1::Function> Update(const Upload& upload);
  // Changes a function's options. Its revision stays, unless its containers
  // change. NOT_FOUND if there is no such function.
  absl::StatusOr<v1::Function> Configure(
      const v1::Function& options, const google::protobuf::FieldMask& mask,
      const SecretStore::Values& secrets);

  // Returns when listener, address and mount are gone; layers that nobody uses
  // any more are left to the garbage collector.
  absl::Status Delete(const std::string& name);

 private:
  // Gives `function` a new revision; it is new itself if it has no address.
  absl::StatusOr<v1::Function> Deploy(v1::Function function,
                                      const Upload& upload);
  // Makes a new revision of `function`, which is complete but for its address
  // and its secrets, the function's. On error nothing of it is left.
  absl::Status Release(v1::Function& function, const std::string& old_revision,
                       const SecretStore::Values* secrets,
                       const std::function<bool()>& cancelled);
  absl::Status PrepareAndPut(v1::Function& function, bool is_new,
                             const std::function<bool()>& cancelled);
  void AwaitPeers(uint64_t generation);

  const std::string state_dir_;
  ImageIntake* const intake_;
  LayerStore* const store_;
  SecretStore* const secrets_;
  Registry* const registry_;
  Peers* const peers_;
  GarbageCollector* const collector_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_DEPLOYER_H_
