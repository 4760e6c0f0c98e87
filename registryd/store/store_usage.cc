#include "registryd/store/store_usage.h"

#include <set>

namespace faas::registryd {
namespace {

// Returns the content ids of a function's layers. An image may have the same
// layer twice.
std::set<std::string> LayersOf(const v1::Function& function) {
  std::set<std::string> ids;
  for (const v1::Layer& layer : function.image().layers()) {
    ids.insert(layer.content_id());
  }
  return ids;
}

}  // namespace

v1::GetUsageResponse ComputeUsage(
    const std::vector<v1::Function>& functions,
    const std::map<std::string, internal::v1::LayerRecord>& layers) {
  std::map<std::string, int> users;
  for (const v1::Function& function : functions) {
    for (const std::string& id : LayersOf(function)) ++users[id];
  }
  v1::GetUsageResponse usage;
  for (const v1::Function& function : functions) {
    v1::FunctionUsage& own = *usage.add_functions();
    own.set_function(function.name());
    for (const std::string& id : LayersOf(function)) {
      const auto it = layers.find(id);
      if (it == layers.end()) continue;
      const uint64_t bytes = it->second.layer().disk_bytes();
      if (users[id] == 1) {
        own.set_alone_bytes(own.alone_bytes() + bytes);
      } else {
        own.set_shared_bytes(own.shared_bytes() + bytes);
      }
    }
  }
  for (const auto& [id, record] : layers) {
    const uint64_t bytes = record.layer().disk_bytes();
    usage.set_layers(usage.layers() + 1);
    usage.set_layer_bytes(usage.layer_bytes() + bytes);
    if (users.count(id) > 0) continue;
    usage.set_unused_layers(usage.unused_layers() + 1);
    usage.set_unused_bytes(usage.unused_bytes() + bytes);
  }
  return usage;
}

}  // namespace faas::registryd
