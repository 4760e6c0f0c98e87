#include "tests/security/escape/attacks/control_flood.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace faas::escape {
namespace {

constexpr int kDescriptors = 100;
constexpr size_t kBytes = 10'000'000;

ssize_t SendDescriptors(int control) {
  int descriptors[kDescriptors];
  // Sending the socket itself makes a cycle, which only the kernel's collector
  // frees.
  std::fill_n(descriptors, kDescriptors, control);
  char byte = 'x';
  iovec data = {&byte, 1};
  alignas(cmsghdr) char ancillary[CMSG_SPACE(sizeof(descriptors))] = {};
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = ancillary;
  header.msg_controllen = sizeof(ancillary);
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(descriptors));
  memcpy(CMSG_DATA(rights), descriptors, sizeof(descriptors));
  return sendmsg(control, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

int FloodControl(int control) {
  const ssize_t taken = SendDescriptors(control);
  const std::string chunk(65536, 'x');
  ssize_t size = 0;
  for (size_t sent = 0; sent < kBytes && size >= 0; sent += size) {
    size =
        send(control, chunk.data(), chunk.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  return taken < 0 ? -1 : kDescriptors;
}

}  // namespace faas::escape
