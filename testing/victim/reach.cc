#include "testing/victim/reach.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace faas::victim {
namespace {

std::string ErrorText() { return std::string(strerrorname_np(errno)) + "\n"; }

}  // namespace

std::string ReadFileText(const char* path) {
  const int fd = open(path, O_RDONLY);
  if (fd < 0) return ErrorText();
  std::string text;
  char buffer[4096];
  ssize_t size;
  while ((size = read(fd, buffer, sizeof(buffer))) > 0) {
    text.append(buffer, size);
  }
  if (size < 0) text = ErrorText();
  close(fd);
  return text;
}

std::string WriteFileText(const char* path, long bytes) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd < 0) return ErrorText();
  const std::string chunk(4096, 'w');
  while (bytes > 0) {
    const ssize_t size =
        write(fd, chunk.data(), std::min<long>(bytes, chunk.size()));
    if (size < 0) break;
    bytes -= size;
  }
  const std::string text = bytes > 0 ? ErrorText() : "wrote\n";
  close(fd);
  return text;
}

std::string ConnectText(long port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return ErrorText();
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
      connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  const std::string text = connected ? "connected\n" : ErrorText();
  close(fd);
  return text;
}

}  // namespace faas::victim
