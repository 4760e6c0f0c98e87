#ifndef FAAS_REGISTRYD_STORE_STORE_USAGE_H_
#define FAAS_REGISTRYD_STORE_STORE_USAGE_H_

#include <map>
#include <string>
#include <vector>

#include "faas/internal/v1/registry.pb.h"
#include "faas/v1/store_service.pb.h"

namespace faas::registryd {

// Computes which function takes how much of the store. `layers` holds the
// records by content id. Sets all fields of the response that follow from the
// functions and the records, and leaves those that the disk tells.
v1::GetUsageResponse ComputeUsage(
    const std::vector<v1::Function>& functions,
    const std::map<std::string, internal::v1::LayerRecord>& layers);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_STORE_USAGE_H_
