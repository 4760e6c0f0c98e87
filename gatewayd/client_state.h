#ifndef FAAS_GATEWAYD_CLIENT_STATE_H_
#define FAAS_GATEWAYD_CLIENT_STATE_H_

namespace faas::gatewayd {

// How far a client has come, as its connection tells. No byte is taken from it.
enum class ClientState {
  kSilent,  // has sent nothing yet
  kSpoke,   // there is something to read
  kEnded,   // has sent nothing, and has said that it will not
  kReset,   // has gone; no answer reaches it
};

// One system call. A reset behind something to read is not seen: kSpoke.
ClientState PeekClient(int fd);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_CLIENT_STATE_H_
