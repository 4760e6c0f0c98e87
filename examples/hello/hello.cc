// The smallest function: a program that faasd runs once for each connection.
//
// What a handler has to do:
//   1. connect to the socket /control.sock;
//   2. receive one message from it, which carries one file descriptor: the
//      client's own TCP connection;
//   3. read the request from that connection, write the answer, and exit.
//
// There is nothing to listen on and nothing to share: every connection gets a
// container of its own. What is written to stderr goes to faasd's log.

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

  // The bytes are one line of JSON about the connection: the function's name,
  // the peer's address, the deadline. A handler may ignore them.
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

// Reads up to the empty line that ends the head of an HTTP request. Reading it
// all matters: to close a connection with bytes unread resets it, and the
// client may lose the answer.
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
  // Now, and not with the process: the kernel ends its namespaces first, and
  // the client would wait for the end of the answer meanwhile.
  close(connection);
  return sent ? 0 : 1;
}
