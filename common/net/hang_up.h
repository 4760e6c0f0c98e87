#ifndef FAAS_COMMON_NET_HANG_UP_H_
#define FAAS_COMMON_NET_HANG_UP_H_

namespace faas::net {

// Returns whether the client at the other end of a connected socket has gone:
// it has reset the connection or, if the client speaks first in the protocol,
// it has ended its stream without leaving a byte to read. A client that has
// sent something and then ended its stream may still wait for an answer. Reads
// nothing.
bool HasHungUp(int socket, bool client_speaks_first);

}  // namespace faas::net

#endif  // FAAS_COMMON_NET_HANG_UP_H_
