#include "registryd/peers/peers.h"

#include <grpcpp/client_context.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "faas/internal/v1/convergence_service.grpc.pb.h"
#include "faas/v1/gateway_service.grpc.pb.h"
#include "faas/v1/runner_service.grpc.pb.h"

namespace faas::registryd {
namespace {

// For calls that are repeated later anyway and must not delay a stop.
constexpr absl::Duration kShortConnectTimeout = absl::Milliseconds(200);
// For a question that runnerd can answer at once, while a person waits.
constexpr absl::Duration kShortCallTimeout = absl::Seconds(2);
// For calls that take milliseconds, such as listening on an address.
constexpr absl::Duration kCallTimeout = absl::Seconds(15);
// Preparing a revision takes long if its layers must be copied into one tree.
constexpr absl::Duration kPrepareTimeout = absl::Minutes(10);

}  // namespace

Peers::Peers(const std::string& run_dir)
    : gateway_{"gatewayd", "GATEWAY_UNAVAILABLE", run_dir + "/gatewayd.sock",
               rpc::UnixChannel(run_dir + "/gatewayd.sock")},
      runner_{"runnerd", "RUNNER_UNAVAILABLE", run_dir + "/runnerd.sock",
              rpc::UnixChannel(run_dir + "/runnerd.sock")} {}

// `call` takes a client context and returns a grpc::Status.
template <typename Call>
absl::Status Peers::CallPeer(const Peer& peer, absl::Duration timeout,
                             Call call, absl::Duration connect_timeout) {
  if (!peer.channel->WaitForConnected(
          std::chrono::system_clock::now() +
          absl::ToChronoMilliseconds(connect_timeout))) {
    return rpc::WithReason(absl::UnavailableError(absl::StrCat(
                               peer.name, " is not running: no answer on ",
                               peer.socket, "; start it with deploy/faasd")),
                           peer.reason);
  }
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoMilliseconds(timeout));
  absl::Status status = rpc::FromGrpc(call(&context));
  if (status.ok() || !rpc::ReasonOf(status).empty()) return status;
  const bool gone = absl::IsUnavailable(status) ||
                    absl::IsDeadlineExceeded(status) ||
                    absl::IsCancelled(status);
  status = absl::Status(
      gone ? absl::StatusCode::kUnavailable : status.code(),
      absl::StrCat(peer.name, " could not do its part: ", status.message()));
  return gone ? rpc::WithReason(status, peer.reason) : status;
}

absl::Status Peers::CheckReachable() {
  for (const Peer* peer : {&gateway_, &runner_}) {
    RETURN_IF_ERROR(CallPeer(*peer, kCallTimeout, [](grpc::ClientContext*) {
      return grpc::Status::OK;
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<Peers::Address> Peers::ReserveAddress(
    const std::string& function) {
  v1::ReserveAddressRequest request;
  request.set_function(function);
  v1::ReserveAddressResponse response;
  RETURN_IF_ERROR(
      CallPeer(gateway_, kCallTimeout, [&](grpc::ClientContext* context) {
        return v1::GatewayService::NewStub(gateway_.channel)
            ->ReserveAddress(context, request, &response);
      }));
  return Address{response.address(), response.port()};
}

void Peers::ReleaseAddress(const std::string& function) {
  v1::ReleaseAddressRequest request;
  request.set_function(function);
  v1::ReleaseAddressResponse response;
  const absl::Status status = CallPeer(
      gateway_, kCallTimeout,
      [&](grpc::ClientContext* context) {
        return v1::GatewayService::NewStub(gateway_.channel)
            ->ReleaseAddress(context, request, &response);
      },
      kShortConnectTimeout);
  // gatewayd releases the address by itself after a minute.
  if (!status.ok()) log::Line("api", std::string(status.message()));
}

absl::Status Peers::PrepareRevision(const v1::Function& function) {
  v1::PrepareRevisionRequest request;
  *request.mutable_function() = function;
  v1::PrepareRevisionResponse response;
  return CallPeer(runner_, kPrepareTimeout, [&](grpc::ClientContext* context) {
    return v1::RunnerService::NewStub(runner_.channel)
        ->PrepareRevision(context, request, &response);
  });
}

void Peers::DiscardRevision(const v1::Function& function) {
  v1::DiscardRevisionRequest request;
  request.set_function(function.name());
  request.set_revision_id(function.revision_id());
  v1::DiscardRevisionResponse response;
  const absl::Status status = CallPeer(
      runner_, kCallTimeout,
      [&](grpc::ClientContext* context) {
        return v1::RunnerService::NewStub(runner_.channel)
            ->DiscardRevision(context, request, &response);
      },
      kShortConnectTimeout);
  // With the next change runnerd discards what the registry does not have.
  if (!status.ok()) log::Line("api", std::string(status.message()));
}

absl::StatusOr<std::set<std::string>> Peers::MountedLayers() {
  v1::ListRevisionsResponse response;
  RETURN_IF_ERROR(CallPeer(
      runner_, kCallTimeout,
      [&](grpc::ClientContext* context) {
        return v1::RunnerService::NewStub(runner_.channel)
            ->ListRevisions(context, {}, &response);
      },
      kShortConnectTimeout));
  std::set<std::string> result;
  for (const v1::Revision& revision : response.revisions()) {
    result.insert(revision.layers().begin(), revision.layers().end());
  }
  return result;
}

absl::StatusOr<v1::Runtime> Peers::GetRuntime() {
  v1::GetRuntimeResponse response;
  RETURN_IF_ERROR(CallPeer(
      runner_, kShortCallTimeout,
      [&](grpc::ClientContext* context) {
        return v1::RunnerService::NewStub(runner_.channel)
            ->GetRuntime(context, {}, &response);
      },
      kShortConnectTimeout));
  return response.runtime();
}

absl::Status Peers::AwaitPeer(const Peer& peer, uint64_t generation,
                              absl::Duration timeout) {
  internal::v1::AwaitGenerationRequest request;
  request.set_generation(generation);
  internal::v1::AwaitGenerationResponse response;
  return CallPeer(peer, timeout, [&](grpc::ClientContext* context) {
    return internal::v1::ConvergenceService::NewStub(peer.channel)
        ->AwaitGeneration(context, request, &response);
  });
}

absl::Status Peers::AwaitGeneration(uint64_t generation,
                                    absl::Duration timeout) {
  RETURN_IF_ERROR(AwaitPeer(gateway_, generation, timeout));
  return AwaitPeer(runner_, generation, timeout);
}

}  // namespace faas::registryd
