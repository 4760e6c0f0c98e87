#ifndef FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_
#define FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_

#include <google/protobuf/map.h>

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::registryd {

// A SecretStore keeps the content of secrets in files that only root may read,
// <state_dir>/secrets/<revision id>/NAME, from where runnerd gives them to
// containers. The content is nowhere else: registryd sends it in no message and
// writes it to no log. Thread-safe, except that one revision is changed by one
// caller at a time.
class SecretStore {
 public:
  using Values = google::protobuf::Map<std::string, std::string>;

  // Creates the directory if necessary, and removes the secrets of all
  // revisions that are not `in_use`, which a crash has left.
  static absl::StatusOr<std::unique_ptr<SecretStore>> Open(
      const std::string& state_dir, const std::set<std::string>& in_use);

  // Stores the secrets of a new revision durably. After an error, call Remove.
  absl::Status Put(const std::string& revision_id, const Values& secrets);
  // Gives a new revision the secrets of an old one. After an error, call
  // Remove.
  absl::Status Carry(const std::string& from, const std::string& to);
  // Removes the secrets of a revision. Logs errors: the next start tries again.
  void Remove(const std::string& revision_id);

 private:
  explicit SecretStore(std::string directory)
      : directory_(std::move(directory)) {}
  std::string PathOf(const std::string& revision_id) const;

  const std::string directory_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_SECRET_STORE_H_
