#ifndef FAAS_HANDOFF_UPLOAD_SOCKET_H_
#define FAAS_HANDOFF_UPLOAD_SOCKET_H_

#include <cstddef>

namespace faas::handoff {

// How a client on the same host gives registryd an archive without sending its
// bytes: it hands over the descriptor that they are read from, a file or the
// pipe of `docker save`.
//
// The client connects to <run_dir>/upload.sock (SOCK_SEQPACKET) and sends one
// message: a ticket of kTicketBytes random bytes, with the descriptor in
// SCM_RIGHTS. registryd answers with one byte if it takes it, a file or a pipe
// that is not behind FUSE, and keeps the descriptor until a call of
// CreateFunction or UpdateFunction names the ticket in its header; at most half
// a minute, and only while the client keeps the connection open. No chunks
// follow the header then.
inline constexpr char kUploadSocket[] = "upload.sock";
inline constexpr size_t kTicketBytes = 16;
inline constexpr char kTaken[] = "1";

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_UPLOAD_SOCKET_H_
