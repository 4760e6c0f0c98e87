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

// Which revision each function runs, and those that are prepared for it.
// <state_dir>/images/NAME/rootfs is a symlink to the current one. One thread,
// the loop's.
class RevisionTable {
 public:
  // Creates <state_dir>/images; unmounts and removes what is in it.
  static absl::StatusOr<std::unique_ptr<RevisionTable>> Open(
      const Revision::Environment& environment);
  // Unmounts, so that the state directory can be removed after a stop.
  ~RevisionTable();

  // Keeps a prepared revision until the registry names it, or for a minute.
  void AddPrepared(std::shared_ptr<const Revision> revision);
  // Drops those whose minute is over; call it now and then.
  void ExpirePrepared();
  void DiscardPrepared(const std::string& function,
                       const std::string& revision_id);

  // Makes the functions' revisions those of `state`; OK if all of them are.
  // Call it again later if not.
  absl::Status Apply(const function::FunctionState& state);

  // The revision that a new connection gets; null if there is none. A prepared
  // one counts if no other does: gatewayd accepts only for functions that the
  // registry has, so it is merely ahead of our own watch.
  std::shared_ptr<const Revision> Find(const std::string& function) const;

  // All that are mounted, also those that only instances hold.
  std::vector<v1::Revision> List() const;

 private:
  struct Prepared {
    std::shared_ptr<const Revision> revision;
    absl::Time since;
  };

  explicit RevisionTable(Revision::Environment environment)
      : environment_(std::move(environment)) {}
  absl::Status Activate(const v1::Function& function);
  // Flat trees that no revision has any more.
  void SweepTrees();
  std::string LinkOf(const std::string& function) const;
  void Remember(const std::shared_ptr<const Revision>& revision);

  const Revision::Environment environment_;
  std::map<std::string, std::shared_ptr<const Revision>> current_;
  // By function and revision id.
  std::map<std::pair<std::string, std::string>, Prepared> prepared_;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<const Revision>>
      mounted_;
};

// Prepared revisions that no registry change has followed are dropped.
inline constexpr absl::Duration kPreparedTime = absl::Minutes(1);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_REVISION_TABLE_H_
