// This is the smallest function: a program that faasd runs once for each
// connection. Such a handler does three things:
//
//   1. It connects to the socket /control.sock.
//   2. It receives one message from the socket. The message carries one file
//      descriptor, which is the client's own TCP connection.
//   3. It reads the request from that connection, writes the answer, and exits.
//
// A handler does not listen, and it shares nothing with other handlers, because
// every connection has a container of its own. What it writes to stderr goes to
// faasd's log.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

constexpr char kControlSocket[] = "/control.sock";

// Returns the client's connection, or -1.
int ReceiveConnection() {
  const int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, kControlSocket);
  if (connect(control, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    return -1;
  }

  // The bytes are one line of JSON about the connection. It has the function's
  // name, the client's address and the deadline. A handler may ignore it.
  char line[1024];
  iovec bytes = {line, sizeof(line)};
  alignas(cmsghdr) char ancillary[CMSG_SPACE(sizeof(int))];
  msghdr message = {};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = ancillary;
  message.msg_controllen = sizeof(ancillary);
  if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) < 0) return -1;
  close(control);

  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET ||
      header->cmsg_type != SCM_RIGHTS) {
    return -1;
  }
  int connection;
  std::memcpy(&connection, CMSG_DATA(header), sizeof(connection));
  return connection;
}

// Reads up to the empty line that ends the head of an HTTP request. A handler
// must read all of the request: closing a connection with unread bytes resets
// it, and the client may lose the answer.
std::string ReadHead(int connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = read(connection, buffer, sizeof(buffer));
    if (size <= 0) break;
    head.append(buffer, size);
  }
  return head;
}

// Writes all of `data`. Returns false if the client has gone.
bool WriteAll(int connection, const std::string& data) {
  for (size_t written = 0; written < data.size();) {
    const ssize_t size = send(connection, data.data() + written,
                              data.size() - written, MSG_NOSIGNAL);
    if (size < 0) return false;
    written += size;
  }
  return true;
}

}  // namespace

int main() {
  const int connection = ReceiveConnection();
  if (connection < 0) {
    std::perror("hello: no connection from /control.sock");
    return 1;
  }
  const std::string head = ReadHead(connection);
  const std::string request_line = head.substr(0, head.find("\r\n"));
  std::fprintf(stderr, "hello: %s\n", request_line.c_str());

  const std::string body =
      "Hello from faasd!\n\nYou asked: " + request_line + "\n";
  const bool sent = WriteAll(connection,
                             "HTTP/1.1 200 OK\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Length: " +
                                 std::to_string(body.size()) +
                                 "\r\n"
                                 "Connection: close\r\n"
                                 "\r\n" +
                                 body);
  // The connection is closed here and not by the end of the process. The kernel
  // would end the process's namespaces first, and the client would wait for the
  // end of the answer meanwhile.
  close(connection);
  return sent ? 0 : 1;
}
