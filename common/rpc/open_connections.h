#ifndef FAAS_COMMON_RPC_OPEN_CONNECTIONS_H_
#define FAAS_COMMON_RPC_OPEN_CONNECTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "absl/time/time.h"

namespace faas::rpc {

// How many connections are open that were given to gRPC, which owns their
// descriptors then and does not say when it closes one. So each is remembered
// by its number and by its socket's cookie, which the kernel gives to no other
// socket: once the number is closed, or another socket's, the connection has
// ended. One thread.
class OpenConnections {
 public:
  // Of the connection `fd`, before gRPC gets it.
  void Add(int fd, uid_t uid);

  // At most `limit`, if that is what there are at `now`; more than kCheckEvery
  // ago may have been the last look at which of them have ended.
  bool HasRoom(size_t limit, absl::Time now);
  bool HasRoomFor(uid_t uid, size_t limit, absl::Time now);

  // Forgets those that have ended; how many are left.
  size_t Count();

  // A flood that meets the limit must not cost a look at all of them for each.
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
