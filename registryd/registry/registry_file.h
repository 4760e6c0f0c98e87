#ifndef FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_
#define FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/internal/v1/registry.pb.h"

namespace faas::registryd {

// The file registry.json holds an internal::v1::Registry in proto3's JSON form,
// indented.

// Reads it; an empty registry if there is no file. FAILED_PRECONDITION if it is
// damaged or of another format: registryd then refuses to start rather than
// forget functions.
absl::StatusOr<internal::v1::Registry> LoadRegistry(const std::string& path);

// Replaces it durably.
absl::Status SaveRegistry(const std::string& path,
                          const internal::v1::Registry& registry);

// The format written by this version.
inline constexpr int kRegistryFormat = 2;

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_REGISTRY_FILE_H_
