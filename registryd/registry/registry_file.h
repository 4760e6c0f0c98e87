#ifndef FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_
#define FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/internal/v1/registry.pb.h"

namespace faas::registryd {

// The file registry.json holds an internal::v1::Registry in proto3's JSON form,
// indented.

// Reads the file at `path`. Returns an empty registry if there is no file, and
// FAILED_PRECONDITION if it is damaged or has another format: registryd then
// does not start, because it would forget functions.
absl::StatusOr<internal::v1::Registry> LoadRegistry(const std::string& path);

// Replaces the file; after a crash it is the old one or the new one.
absl::Status SaveRegistry(const std::string& path,
                          const internal::v1::Registry& registry);

// The format that this version writes and reads.
inline constexpr int kRegistryFormat = 2;

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_
