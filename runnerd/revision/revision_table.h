#ifndef FAAS_RUNNERD_REVISION_REVISION_TABLE_H_
#define FAAS_RUNNERD_REVISION_REVISION_TABLE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "faas/v1/runner_service.pb.h"
#include "function/function_watch.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// A RevisionTable knows the current revision of each function and the revisions
// that were prepared for a deploy. <state_dir>/images/NAME/rootfs is a symbolic
// link to the root file system of the current one. All methods belong to the
// loop's thread.
class RevisionTable {
 public:
  // Creates <state_dir>/images, or unmounts and removes all that a previous run
  // left in it.
  static absl::StatusOr<std::unique_ptr<RevisionTable>> Open(
      const Revision::Environment& environment);
  // Drops all revisions, which unmounts those that no instance uses, so that
  // the state directory can be removed after a stop.
  ~RevisionTable();

  // Keeps a prepared revision until the registry names it, or until
  // kPreparedTime has passed.
  void AddPrepared(std::shared_ptr<const Revision> revision);
  // Drops the prepared revisions whose time has passed. Call it every few
  // seconds.
  void ExpirePrepared();
  // Drops a prepared revision, because its deploy has failed.
  void DiscardPrepared(const std::string& function,
                       const std::string& revision_id);

  // Makes the revisions that `state` names the current ones, and drops the
  // functions that it does not name. Returns the last error if some revision
  // could not be prepared, after all others have been: call it again later.
  absl::Status Apply(const function::FunctionState& state);

  // Returns the revision that a new connection gets, or null if there is none.
  // Without a current revision it is the prepared one: gatewayd accepts
  // connections only for functions that the registry has, so the deploy has
  // succeeded and the watch of runnerd has not reported it yet.
  std::shared_ptr<const Revision> Find(const std::string& function) const;

  // Returns all revisions that are mounted, also those that only instances
  // hold.
  std::vector<v1::Revision> List() const;

 private:
  struct Prepared {
    std::shared_ptr<const Revision> revision;
    absl::Time since;
  };

  explicit RevisionTable(Revision::Environment environment)
      : environment_(std::move(environment)) {}
  absl::Status Activate(const v1::Function& function);
  // Removes the flat trees that no revision uses any more.
  void SweepTrees();
  std::string LinkOf(const std::string& function) const;
  void Remember(const std::shared_ptr<const Revision>& revision);

  const Revision::Environment environment_;
  // The current revisions, by function.
  std::map<std::string, std::shared_ptr<const Revision>> current_;
  // These two are by function and revision id.
  std::map<std::pair<std::string, std::string>, Prepared> prepared_;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<const Revision>>
      mounted_;
};

// A prepared revision is dropped when the registry has not named it for so
// long.
inline constexpr absl::Duration kPreparedTime = absl::Minutes(1);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_REVISION_TABLE_H_
