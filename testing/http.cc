#include "testing/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "testing/network_namespace.h"

namespace faas::testing {
namespace {

absl::StatusOr<sockaddr_in> Destination(const std::string& address,
                                        uint16_t port) {
  sockaddr_in destination = {};
  destination.sin_family = AF_INET;
  destination.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &destination.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", address, "\" is not an IPv4 address"));
  }
  const bool loopback = (ntohl(destination.sin_addr.s_addr) >> 24) == 127;
  if (!loopback && !InNetworkNamespace()) {
    return absl::FailedPreconditionError(
        absl::StrCat("tests do not send to ", address, " on a shared network"));
  }
  return destination;
}

}  // namespace

std::string HttpResponse::Header(const std::string& name) const {
  const auto found = headers.find(absl::AsciiStrToLower(name));
  return found == headers.end() ? "" : found->second;
}

HttpResponse ParseHttpResponse(std::string raw) {
  HttpResponse response;
  response.raw = std::move(raw);
  const size_t end = response.raw.find("\r\n\r\n");
  if (end == std::string::npos || response.raw.rfind("HTTP/1.1 ", 0) != 0) {
    return response;
  }
  const std::vector<std::string> lines =
      absl::StrSplit(response.raw.substr(0, end), "\r\n");
  if (!absl::SimpleAtoi(lines[0].substr(9, 3), &response.status)) return {};
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    response.headers[absl::AsciiStrToLower(header.first)] =
        std::string(absl::StripAsciiWhitespace(header.second));
  }
  response.body = response.raw.substr(end + 4);
  return response;
}

absl::StatusOr<TestConnection> TestConnection::Open(const std::string& address,
                                                    uint16_t port,
                                                    absl::Duration timeout) {
  ASSIGN_OR_RETURN(const sockaddr_in destination, Destination(address, port));
  TestConnection connection(
      base::UniqueFd(
          socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      absl::Now() + timeout);
  const std::string what = absl::StrCat("connect to ", address, ":", port);
  if (connect(connection.fd(), reinterpret_cast<const sockaddr*>(&destination),
              sizeof(destination)) == 0) {
    return connection;
  }
  if (errno != EINPROGRESS) return base::ErrnoStatus(what);
  RETURN_IF_ERROR(connection.Wait(POLLOUT));
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(connection.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return base::ErrnoStatus(what, error);
  return connection;
}

absl::Status TestConnection::Wait(short events) {
  while (true) {
    const absl::Duration left = deadline_ - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(
          absl::StrCat("connection of a test, after ", received_.size(),
                       " bytes: ", received_.substr(0, 200)));
    }
    pollfd poll_fd = {fd_.get(), events, 0};
    const int64_t slice =
        std::min<int64_t>(absl::ToInt64Milliseconds(left) + 1, 10000);
    if (poll(&poll_fd, 1, static_cast<int>(slice)) > 0) {
      return absl::OkStatus();
    }
  }
}

absl::Status TestConnection::Send(absl::string_view data) {
  while (!data.empty()) {
    RETURN_IF_ERROR(Wait(POLLOUT));
    const ssize_t size =
        send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      data.remove_prefix(size);
    } else if (errno != EAGAIN && errno != EINTR) {
      return base::ErrnoStatus("send on a test's connection");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TestConnection::ReadMore() {
  while (true) {
    RETURN_IF_ERROR(Wait(POLLIN));
    char buffer[65536];
    const ssize_t size = recv(fd_.get(), buffer, sizeof(buffer), 0);
    if (size == 0) return false;
    if (size > 0) {
      received_.append(buffer, size);
      return true;
    }
    if (errno == ECONNRESET) {
      return absl::AbortedError(
          absl::StrCat("connection reset after ", received_.size(), " bytes"));
    }
    if (errno != EAGAIN && errno != EINTR) {
      return base::ErrnoStatus("receive on a test's connection");
    }
  }
}

absl::StatusOr<std::string> TestConnection::ReadUntil(absl::string_view text) {
  while (received_.find(std::string(text)) == std::string::npos) {
    ASSIGN_OR_RETURN(const bool more, ReadMore());
    if (!more) {
      return absl::UnavailableError(
          absl::StrCat("end of the stream after \"", received_, "\""));
    }
  }
  return received_;
}

absl::StatusOr<std::string> TestConnection::ReadToEnd() {
  while (true) {
    ASSIGN_OR_RETURN(const bool more, ReadMore());
    if (!more) return received_;
  }
}

void TestConnection::Reset() {
  const linger abort_now = {1, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abort_now, sizeof(abort_now));
  fd_.reset();
}

std::string TestConnection::LocalAddress() const {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text));
  return absl::StrCat(text, ":", ntohs(address.sin_port));
}

absl::StatusOr<HttpResponse> HttpGet(const std::string& address, uint16_t port,
                                     const std::string& path,
                                     absl::Duration timeout) {
  ASSIGN_OR_RETURN(TestConnection connection,
                   TestConnection::Open(address, port, timeout));
  RETURN_IF_ERROR(
      connection.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", address,
                                   "\r\nConnection: close\r\n\r\n")));
  ASSIGN_OR_RETURN(std::string raw, connection.ReadToEnd());
  return ParseHttpResponse(std::move(raw));
}

}  // namespace faas::testing
