#ifndef FAAS_COMMON_RPC_OPEN_CONNECTIONS_H_
#define FAAS_COMMON_RPC_OPEN_CONNECTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "absl/time/time.h"

namespace faas::rpc {

// OpenConnections counts the open connections that were given to gRPC, which
// owns their descriptors then and does not say when it closes one. So it
// remembers each by the number of the descriptor and by the socket's cookie,
// which the kernel gives to no other socket. When the number is closed, or
// belongs to another socket, the connection has ended. Used by one thread.
class OpenConnections {
 public:
  // Adds the connection `fd` of `uid`. Call it before gRPC gets the connection.
  void Add(int fd, uid_t uid);

  // Returns whether fewer than `limit` connections are open, in all or of
  // `uid`. If it seems not, looks which connections have ended, at most once in
  // kCheckEvery.
  bool HasRoom(size_t limit, absl::Time now);
  bool HasRoomFor(uid_t uid, size_t limit, absl::Time now);

  // Forgets the connections that have ended, and returns how many are left.
  size_t Count();

  // A flood that meets the limit must not make each connection cost a look at
  // all others.
  static constexpr absl::Duration kCheckEvery = absl::Milliseconds(10);

 private:
  struct Connection {
    uint64_t cookie;
    uid_t uid;
  };

  void Look(absl::Time now);

  std::unordered_map<int, Connection> connections_;  // by descriptor
  std::unordered_map<uid_t, size_t> of_uid_;
  absl::Time looked_ = absl::InfinitePast();
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_OPEN_CONNECTIONS_H_
