#ifndef FAAS_REGISTRYD_STORE_LAYER_RECORD_H_
#define FAAS_REGISTRYD_STORE_LAYER_RECORD_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/internal/v1/registry.pb.h"
#include "image/stored_layer.h"

namespace faas::registryd {

// The store keeps what it knows of a layer in the layer's directory, beside the
// tree: in layer.json, an internal::v1::LayerRecord in proto3's JSON form, and
// in `checkpoints`, 32 bytes for each.

// kLater leaves it to the caller to sync the file system. kNow replaces the
// record so that after a crash it is the old one or the new one.
enum class Durable { kLater, kNow };

// Writes the record of the layer in `directory`.
absl::Status SaveLayerRecord(const std::string& directory,
                             const internal::v1::LayerRecord& record,
                             Durable durable);

// Reads the record of the layer in `directory`. Returns DATA_LOSS if it is
// damaged.
absl::StatusOr<internal::v1::LayerRecord> LoadLayerRecord(
    const std::string& directory);

// Removes the temporary files of a kNow that a crash has interrupted. Only for
// the start.
absl::Status RemoveRecordLeftovers(const std::string& directory);

// Writes the checkpoints of the layer in `directory`.
absl::Status SaveCheckpoints(const std::string& directory,
                             const std::vector<image::Checkpoint>& checkpoints);

// Reads the checkpoints of the layer in `directory`. Returns none if they
// cannot be read; then the layer is not recognised by them.
std::vector<image::Checkpoint> LoadCheckpoints(const std::string& directory);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_LAYER_RECORD_H_
