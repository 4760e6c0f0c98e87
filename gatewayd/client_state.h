#ifndef FAAS_GATEWAYD_CLIENT_STATE_H_
#define FAAS_GATEWAYD_CLIENT_STATE_H_

namespace faas::gatewayd {

// A ClientState says what the client of an accepted connection has done so far.
enum class ClientState {
  kSilent,  // It has sent nothing yet.
  kSpoke,   // It has sent something that can be read.
  kEnded,   // It has ended its stream without having sent anything.
  kReset,   // It has reset the connection, so no answer would reach it.
};

// Returns the state of the connection `fd`, with one system call, and leaves
// what the client has sent in the socket. A client that has sent something and
// then reset the connection is still kSpoke.
ClientState PeekClient(int fd);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_CLIENT_STATE_H_
