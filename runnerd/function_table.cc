#include "runnerd/function_table.h"

#include <cstdint>
#include <vector>

#include "common/net/ipv4.h"

namespace faas::runnerd {
namespace {

// Returns where a function listens. A newer registryd may have written an
// address of another kind: then any address will do.
absl::optional<Endpoint> EndpointOf(const v1::Function& function) {
  const auto address = net::ParseIpv4(function.address());
  if (!address.ok()) return absl::nullopt;
  return Endpoint{*address, static_cast<uint16_t>(function.port())};
}

}  // namespace

void FunctionTable::Apply(const function::FunctionState& state) {
  for (const auto& [name, function] : state.functions) {
    warm_pool_.SetPolicy(name, Set(function, EndpointOf(function)).warm);
  }
  ForgetOthers(state);
}

const FunctionSettings& FunctionTable::Of(const Revision& revision) {
  const auto it = settings_.find(revision.name());
  if (it != settings_.end()) return it->second;
  return Set(revision.function(), absl::nullopt);
}

const FunctionSettings& FunctionTable::Set(
    const v1::Function& function, const absl::optional<Endpoint>& endpoint) {
  FunctionSettings& settings = settings_[function.name()];
  settings = defaults_.With(function.options());
  admission_.SetRules(function.name(),
                      {.limits = settings.limits,
                       .endpoint = endpoint,
                       .client_speaks_first = settings.client_speaks_first});
  return settings;
}

void FunctionTable::ForgetOthers(const function::FunctionState& state) {
  std::vector<std::string> gone;
  for (const auto& [name, settings] : settings_) {
    if (state.functions.count(name) == 0) gone.push_back(name);
  }
  for (const std::string& name : gone) {
    settings_.erase(name);
    admission_.Forget(name);
    warm_pool_.SetPolicy(name, {});
  }
}

}  // namespace faas::runnerd
