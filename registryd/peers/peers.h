#ifndef FAAS_REGISTRYD_PEERS_PEERS_H_
#define FAAS_REGISTRYD_PEERS_PEERS_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "faas/v1/function.pb.h"
#include "faas/v1/runner_service.pb.h"

namespace faas::registryd {

// A daemon that is being restarted is back within this.
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(3);

// The daemons that a deploy needs, as registryd sees them: gatewayd and
// runnerd, on their sockets in `run_dir`. Every call is bounded in time; a
// daemon that does not answer gives UNAVAILABLE (GATEWAY_UNAVAILABLE,
// RUNNER_UNAVAILABLE). Thread-safe.
class Peers {
 public:
  explicit Peers(const std::string& run_dir);

  // OK if both can be reached: asked before an upload is taken in.
  absl::Status CheckReachable();

  // See GatewayService.
  struct Address {
    std::string ip;
    uint32_t port = 0;
  };
  absl::StatusOr<Address> ReserveAddress(const std::string& function);
  void ReleaseAddress(const std::string& function);

  // See RunnerService.
  absl::Status PrepareRevision(const v1::Function& function);
  void DiscardRevision(const v1::Function& function);
  // The content ids of layers that are mounted.
  absl::StatusOr<std::set<std::string>> MountedLayers();

  absl::StatusOr<v1::Runtime> GetRuntime();

  // Waits, `timeout` at most, until both have acted on `generation`.
  absl::Status AwaitGeneration(uint64_t generation, absl::Duration timeout);

 private:
  struct Peer {
    const char* name;
    const char* reason;
    std::string socket;
    std::shared_ptr<grpc::Channel> channel;
  };

  template <typename Call>
  absl::Status CallPeer(const Peer& peer, absl::Duration timeout, Call call,
                        absl::Duration connect_timeout = kConnectTimeout);
  absl::Status AwaitPeer(const Peer& peer, uint64_t generation,
                         absl::Duration timeout);

  const Peer gateway_;
  const Peer runner_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_PEERS_PEERS_H_
