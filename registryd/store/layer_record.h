#ifndef FAAS_REGISTRYD_STORE_LAYER_RECORD_H_
#define FAAS_REGISTRYD_STORE_LAYER_RECORD_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/internal/v1/registry.pb.h"
#include "image/stored_layer.h"

namespace faas::registryd {

// What the store knows of a layer, in the layer's directory beside its tree:
// layer.json, a internal::v1::LayerRecord in proto3's JSON form, and
// `checkpoints`, 32 bytes each.

// kLater leaves the record to a sync of the file system, kNow replaces it so
// that after a crash it is the old one or the new one.
enum class Durable { kLater, kNow };
absl::Status SaveLayerRecord(const std::string& directory,
                             const internal::v1::LayerRecord& record,
                             Durable durable);
absl::StatusOr<internal::v1::LayerRecord> LoadLayerRecord(
    const std::string& directory);
// Those of a kNow that a crash cut short; for a start.
absl::Status RemoveRecordLeftovers(const std::string& directory);

absl::Status SaveCheckpoints(const std::string& directory,
                             const std::vector<image::Checkpoint>& checkpoints);
// None if they cannot be read: the layer is then not recognised by them.
std::vector<image::Checkpoint> LoadCheckpoints(const std::string& directory);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_RECORD_H_
