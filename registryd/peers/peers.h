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

// How long to wait for a daemon that may be restarting.
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(3);

// Calls the daemons that a deploy needs: gatewayd and runnerd, on their sockets
// in `run_dir`. Every call has a deadline. If a daemon does not answer, the
// call returns UNAVAILABLE with the reason GATEWAY_UNAVAILABLE or
// RUNNER_UNAVAILABLE. Thread-safe.
class Peers {
 public:
  explicit Peers(const std::string& run_dir);

  // Returns OK if both daemons can be reached. A deploy calls it before it
  // reads the upload.
  absl::Status CheckReachable();

  // The calls of GatewayService. ReleaseAddress logs its errors.
  struct Address {
    std::string ip;
    uint32_t port = 0;
  };
  absl::StatusOr<Address> ReserveAddress(const std::string& function);
  void ReleaseAddress(const std::string& function);

  // The calls of RunnerService. DiscardRevision logs its errors.
  absl::Status PrepareRevision(const v1::Function& function);
  void DiscardRevision(const v1::Function& function);
  // Returns the content ids of the layers that are mounted.
  absl::StatusOr<std::set<std::string>> MountedLayers();

  // Returns the OCI runtime that runnerd uses.
  absl::StatusOr<v1::Runtime> GetRuntime();

  // Waits until both daemons have acted on all changes up to `generation`, for
  // each of them `timeout` at most.
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
