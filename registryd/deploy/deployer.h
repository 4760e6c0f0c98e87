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

// A Deployer creates, updates and removes functions. It takes the image in, has
// runnerd and gatewayd prepare the root file system and the address, and writes
// the registry last, so that a function that is visible is complete and a
// deploy that failed leaves nothing. Thread-safe.
class Deployer {
 public:
  // Borrows all but `state_dir`; what it borrows must outlive it.
  Deployer(std::string state_dir, ImageIntake* intake, LayerStore* store,
           SecretStore* secrets, Registry* registry, Peers* peers,
           GarbageCollector* collector);

  using OnProgress = std::function<void(const image::Progress&)>;

  struct Upload {
    std::string function;
    // The options, and the mask that says which of them are set; see
    // UpdateMask. A new function has only these, an old one keeps its others.
    const v1::Function& options;
    google::protobuf::FieldMask options_mask;
    // The content of the secrets, if the mask has them.
    const SecretStore::Values& secrets;
    // Which image of several is meant; see image::ExtractOptions.
    std::string reference;
    // Read to its end unless there is an error.
    extractor::ArchiveSource& archive;
    OnProgress on_progress;
    // Says whether the client has gone. Then the extraction ends, and until the
    // registry is written the deploy fails.
    std::function<bool()> cancelled;
  };

  // Creates a function and returns it. Returns ALREADY_EXISTS (FUNCTION_EXISTS)
  // if there is a function of that name.
  absl::StatusOr<v1::Function> Create(const Upload& upload);
  // Gives a function a new image and returns the function. Returns NOT_FOUND if
  // there is no function of that name.
  absl::StatusOr<v1::Function> Update(const Upload& upload);
  // Changes a function's options and returns the function. Its revision stays
  // the same unless the options change its containers. Returns NOT_FOUND if
  // there is no function of that name.
  absl::StatusOr<v1::Function> Configure(
      const v1::Function& options, const google::protobuf::FieldMask& mask,
      const SecretStore::Values& secrets);

  // Removes a function. Returns when its listener, its address and its mount
  // are gone, or as soon as the other daemons had their time for that. Layers
  // that nobody uses any more are left to the garbage collector.
  absl::Status Delete(const std::string& name);

 private:
  // Gives `function` a new image and so a new revision. A function without an
  // address is new.
  absl::StatusOr<v1::Function> Deploy(v1::Function function,
                                      const Upload& upload);
  // Prepares the revision of `function` and writes it to the registry. The
  // revision gets `secrets`, or if they are null those of `old_revision`. After
  // an error nothing of the revision is left.
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
