#ifndef FAAS_REGISTRYD_STORE_STORE_USAGE_H_
#define FAAS_REGISTRYD_STORE_STORE_USAGE_H_

#include <map>
#include <string>
#include <vector>

#include "faas/internal/v1/registry.pb.h"
#include "faas/v1/store_service.pb.h"

namespace faas::registryd {

// Who takes how much of the store: everything of GetUsageResponse that follows
// from the functions and the layers' records (by content id).
v1::GetUsageResponse ComputeUsage(
    const std::vector<v1::Function>& functions,
    const std::map<std::string, internal::v1::LayerRecord>& layers);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_STORE_USAGE_H_
