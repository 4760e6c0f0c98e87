#ifndef FAAS_COMMON_NET_HANG_UP_H_
#define FAAS_COMMON_NET_HANG_UP_H_

namespace faas::net {

// Whether the client at the other end of a connected socket has gone: it has
// reset the connection, or, if the protocol is one in which it speaks first, it
// has ended its stream without leaving a byte to be read. One that has ended
// its stream after it has sent something may still wait for an answer. Reads
// nothing.
bool HasHungUp(int socket, bool client_speaks_first);

}  // namespace faas::net

#endif  // FAAS_COMMON_NET_HANG_UP_H_
