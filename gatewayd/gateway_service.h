#ifndef FAAS_GATEWAYD_GATEWAY_SERVICE_H_
#define FAAS_GATEWAYD_GATEWAY_SERVICE_H_

#include <utility>

#include "common/event/event_loop.h"
#include "faas/v1/gateway_service.grpc.pb.h"
#include "gatewayd/dispatcher.h"
#include "gatewayd/listener_table.h"
#include "gatewayd/socket_guard.h"

namespace faas::gatewayd {

// A GatewayService serves the API of gatewayd. Its methods run on threads of
// gRPC and do their work on the thread of the event loop.
class GatewayService final : public v1::GatewayService::Service {
 public:
  // Borrows the pointers, which must outlive the service.
  GatewayService(event::EventLoop* loop, ListenerTable* listeners,
                 Dispatcher* dispatcher, SocketGuard guard)
      : loop_(loop),
        listeners_(listeners),
        dispatcher_(dispatcher),
        guard_(std::move(guard)) {}

  grpc::Status ReserveAddress(grpc::ServerContext* context,
                              const v1::ReserveAddressRequest* request,
                              v1::ReserveAddressResponse* response) override;
  grpc::Status ReleaseAddress(grpc::ServerContext* context,
                              const v1::ReleaseAddressRequest* request,
                              v1::ReleaseAddressResponse* response) override;
  grpc::Status ListListeners(grpc::ServerContext* context,
                             const v1::ListListenersRequest* request,
                             v1::ListListenersResponse* response) override;
  grpc::Status GetSocketGuard(grpc::ServerContext* context,
                              const v1::GetSocketGuardRequest* request,
                              v1::GetSocketGuardResponse* response) override;

 private:
  event::EventLoop* const loop_;
  ListenerTable* const listeners_;
  Dispatcher* const dispatcher_;
  const SocketGuard guard_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_GATEWAY_SERVICE_H_
