#ifndef FAAS_COMMON_NET_HANG_UP_H_
#define FAAS_COMMON_NET_HANG_UP_H_

namespace faas::net {

// Whether the peer of a connected socket has gone: it has reset the connection,
// or ended its stream without leaving a byte to be read. One that has ended its
// stream after it has sent something may still wait for an answer. Reads
// nothing.
bool HasHungUp(int socket);

}  // namespace faas::net

#endif  // FAAS_COMMON_NET_HANG_UP_H_
