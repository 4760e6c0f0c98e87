#include "testing/victim/delivery.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace faas::victim {
namespace {

constexpr size_t kMessageBytes = 1024;
constexpr size_t kHeadBytes = 65536;
// The contract says one. With room for more, the victim notices if more come.
constexpr int kMaxDescriptors = 4;

void TakeDescriptors(const msghdr& header, Delivery* delivery) {
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET ||
      control->cmsg_type != SCM_RIGHTS) {
    return;
  }
  delivery->descriptors = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  memcpy(&delivery->socket, CMSG_DATA(control), sizeof(int));
}

}  // namespace

int ConnectControl() {
  const int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path, "/control.sock");
  if (connect(control, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    perror("victim: connect /control.sock");
    close(control);
    return -1;
  }
  return control;
}

Delivery ReceiveFrom(int control) {
  Delivery delivery;
  char bytes[kMessageBytes];
  iovec data = {bytes, sizeof(bytes)};
  alignas(cmsghdr) char ancillary[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = ancillary;
  header.msg_controllen = sizeof(ancillary);
  const ssize_t size = recvmsg(control, &header, 0);
  if (size < 0) {
    perror("victim: recvmsg");
  } else {
    delivery.message.assign(bytes, size);
    TakeDescriptors(header, &delivery);
  }
  return delivery;
}

Delivery ReceiveDelivery() {
  const int control = ConnectControl();
  if (control < 0) return Delivery();
  Delivery delivery = ReceiveFrom(control);
  close(control);
  return delivery;
}

bool SendAll(int socket, const std::string& data) {
  size_t sent = 0;
  while (sent < data.size()) {
    const ssize_t size =
        send(socket, data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno != EINTR) return false;
    if (size > 0) sent += size;
  }
  return true;
}

std::string ReadHead(int socket) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos &&
         head.size() < kHeadBytes) {
    const ssize_t size = recv(socket, buffer, sizeof(buffer), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    head.append(buffer, size);
  }
  return head;
}

bool SendText(int socket, const std::string& body) {
  return SendAll(socket,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                 "Connection: close\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace faas::victim
