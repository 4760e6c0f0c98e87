#ifndef FAAS_HANDOFF_UPLOAD_SOCKET_H_
#define FAAS_HANDOFF_UPLOAD_SOCKET_H_

#include <cstddef>

namespace faas::handoff {

// The upload socket lets a client on the same host give an archive to registryd
// without sending its bytes: the client hands over the descriptor from which
// they can be read, a file or the pipe of `docker save`.
//
// The client connects to <run_dir>/upload.sock (SOCK_SEQPACKET) and sends one
// message: a ticket of kTicketBytes random bytes, with the descriptor in
// SCM_RIGHTS. registryd takes a file or a pipe that is not behind FUSE, and
// answers with one byte if it has taken it. It keeps the descriptor until a
// call of CreateFunction or UpdateFunction names the ticket in its header, for
// half a minute at most, and only while the client keeps the connection open.
// After such a header the call sends no chunks.
inline constexpr char kUploadSocket[] = "upload.sock";
inline constexpr size_t kTicketBytes = 16;
inline constexpr char kTaken[] = "1";

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_UPLOAD_SOCKET_H_
