#ifndef FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_
#define FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_

#include <google/protobuf/map.h>

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::registryd {

// The content of secrets, for runnerd to give to containers:
// <state_dir>/secrets/<revision id>/NAME, for root alone. Nothing else has it:
// it is in no message that is sent, and in no log. Changes of a revision come
// one at a time; otherwise thread-safe.
class SecretStore {
 public:
  using Values = google::protobuf::Map<std::string, std::string>;

  // Removes those of revisions that are not `in_use`, which a crash has left.
  static absl::StatusOr<std::unique_ptr<SecretStore>> Open(
      const std::string& state_dir, const std::set<std::string>& in_use);

  // Makes them those of a new revision, durably. After an error, call Remove.
  absl::Status Put(const std::string& revision_id, const Values& secrets);
  // Gives a new revision those of an old one.
  absl::Status Carry(const std::string& from, const std::string& to);
  // Logs errors: the next start tries again.
  void Remove(const std::string& revision_id);

 private:
  explicit SecretStore(std::string directory)
      : directory_(std::move(directory)) {}
  std::string PathOf(const std::string& revision_id) const;

  const std::string directory_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_
