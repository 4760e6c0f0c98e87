#include "gatewayd/gateway_service.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/status.h"

namespace faas::gatewayd {
namespace {

// How long a reservation waits for a gatewayd that has just started and has not
// read the registry yet.
constexpr absl::Duration kSyncTimeout = absl::Seconds(3);
constexpr absl::Duration kSyncInterval = absl::Milliseconds(20);

v1::GetSocketGuardResponse::Kind KindOf(const SocketGuard& guard) {
  switch (guard.kind) {
    case SocketGuard::Kind::kBpf:
      return v1::GetSocketGuardResponse::KIND_BPF;
    case SocketGuard::Kind::kFirewall:
      return v1::GetSocketGuardResponse::KIND_FIREWALL;
    case SocketGuard::Kind::kNone:
      break;
  }
  return v1::GetSocketGuardResponse::KIND_NONE;
}

}  // namespace

grpc::Status GatewayService::ReserveAddress(
    grpc::ServerContext*, const v1::ReserveAddressRequest* request,
    v1::ReserveAddressResponse* response) {
  const auto reserve = [this, request] {
    return loop_->Call<net::Ipv4>(
        [this, request] { return listeners_->Reserve(request->function()); });
  };
  absl::StatusOr<net::Ipv4> address = reserve();
  const absl::Time deadline = absl::Now() + kSyncTimeout;
  while (absl::IsUnavailable(address.status()) && absl::Now() < deadline) {
    absl::SleepFor(kSyncInterval);
    address = reserve();
  }
  if (!address.ok()) return rpc::ToGrpc(address.status());
  response->set_address(net::ToString(*address));
  response->set_port(listeners_->port());
  return grpc::Status::OK;
}

grpc::Status GatewayService::ReleaseAddress(
    grpc::ServerContext*, const v1::ReleaseAddressRequest* request,
    v1::ReleaseAddressResponse*) {
  const auto done = loop_->Call<bool>([this, request] {
    listeners_->Release(request->function());
    return absl::StatusOr<bool>(true);
  });
  return rpc::ToGrpc(done.status());
}

grpc::Status GatewayService::ListListeners(
    grpc::ServerContext*, const v1::ListListenersRequest*,
    v1::ListListenersResponse* response) {
  using Listeners = std::vector<v1::Listener>;
  absl::StatusOr<Listeners> listeners = loop_->Call<Listeners>([this] {
    Listeners result = listeners_->List();
    for (v1::Listener& listener : result) {
      const Dispatcher::Counters counters =
          dispatcher_->CountersOf(listener.function());
      listener.set_accepted(counters.accepted);
      listener.set_committed(counters.committed);
      listener.set_rejected(counters.rejected);
      listener.set_pending(counters.pending());
    }
    return absl::StatusOr<Listeners>(std::move(result));
  });
  if (!listeners.ok()) return rpc::ToGrpc(listeners.status());
  for (v1::Listener& listener : *listeners) {
    *response->add_listeners() = std::move(listener);
  }
  return grpc::Status::OK;
}

grpc::Status GatewayService::GetSocketGuard(
    grpc::ServerContext*, const v1::GetSocketGuardRequest*,
    v1::GetSocketGuardResponse* response) {
  response->set_kind(KindOf(guard_));
  response->set_detail(guard_.detail);
  return grpc::Status::OK;
}

}  // namespace faas::gatewayd
