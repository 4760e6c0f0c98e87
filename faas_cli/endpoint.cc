#include "faas_cli/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/rpc/api_token.h"
#include "common/rpc/channel.h"
#include "common/rpc/token_guard.h"
#include "faas_cli/listening_users.h"

namespace faas::cli {
namespace {

constexpr char kDefaultRunDir[] = "/run/faasd";
constexpr std::chrono::seconds kConnectTimeout(3);
constexpr int kCloseTimeoutMs = 500;
constexpr size_t kMaxPemBytes = 1 << 20;

std::string SocketIn(const std::string& run_dir) {
  return run_dir + "/registryd.sock";
}

Endpoint Local(const std::string& run_dir) {
  Endpoint endpoint;
  endpoint.run_dir = run_dir;
  return endpoint;
}

absl::StatusOr<Endpoint> Remote(const std::string& text) {
  Endpoint endpoint;
  ASSIGN_OR_RETURN(endpoint.address, ParseAddress(text));
  return endpoint;
}

bool IsLoopback(const std::string& address) {
  const absl::string_view host = rpc::HostOf(address);
  in_addr v4;
  return host == "localhost" || host == "[::1]" ||
         (inet_pton(AF_INET, std::string(host).c_str(), &v4) == 1 &&
          ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET);
}

absl::Status NotForUs(const std::string& socket) {
  return absl::PermissionDeniedError(absl::StrCat(
      "permission denied on ", socket,
      "; use sudo, or become a member of its group (\"sudo usermod -aG faas "
      "$USER\", then log in again)"));
}

// Returns whether the daemon closes a new connection at once, as it does with
// users who may not use the API.
bool ClosesConnections(const std::string& socket) {
  const auto connection = ipc::Connect(socket, SOCK_STREAM);
  if (!connection.ok()) return false;
  pollfd wait = {.fd = connection->get(), .events = POLLIN};
  char byte;
  return poll(&wait, 1, kCloseTimeoutMs) == 1 &&
         recv(wait.fd, &byte, 1, MSG_PEEK) <= 0;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(
    const Endpoint& endpoint) {
  if (endpoint.address.empty()) {
    return rpc::UnixChannel(SocketIn(endpoint.run_dir));
  }
  if (!endpoint.tls.all()) {
    return rpc::TcpChannel(endpoint.address, endpoint.token);
  }
  ASSIGN_OR_RETURN(const std::string roots,
                   fs::ReadFile(endpoint.tls.ca, kMaxPemBytes));
  ASSIGN_OR_RETURN(const std::string key,
                   fs::ReadFile(endpoint.tls.key, kMaxPemBytes));
  ASSIGN_OR_RETURN(const std::string cert,
                   fs::ReadFile(endpoint.tls.cert, kMaxPemBytes));
  return rpc::TlsChannel(endpoint.address, roots, key, cert);
}

// Checks that only root or the caller listens on the address. A token that the
// user has not named must not go to anyone else: while no faasd runs, any user
// can listen on its port.
absl::Status CheckListener(const std::string& address) {
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.find_last_of(':') + 1), &port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", address, "\" has no port"));
  }
  ASSIGN_OR_RETURN(const std::set<uid_t> users, ListeningUsers(port));
  for (const uid_t user : users) {
    if (user == 0 || user == geteuid()) continue;
    return absl::PermissionDeniedError(absl::StrCat(
        "user ", user, " listens on ", address,
        ", not faasd, and would get the token of ", kDefaultTokenFile,
        "; name it with --token-file if that is meant"));
  }
  return absl::OkStatus();
}

std::string WhyNoAnswer(const Endpoint& endpoint) {
  constexpr absl::string_view kStart = "; start it with \"sudo deploy/faasd\"";
  if (endpoint.address.empty()) {
    return absl::StrCat(kStart,
                        ", or name another instance with --run-dir or "
                        "--address");
  }
  if (endpoint.tls.all()) {
    return absl::StrCat(kStart,
                        " on that host, if it is not that one of the two does "
                        "not take the other's certificate");
  }
  return absl::StrCat(kStart, " on that host",
                      IsLoopback(endpoint.address)
                          ? ""
                          : "; another host's wants --tls-cert, --tls-key and "
                            "--tls-ca, or a tunnel (ssh -L)");
}

}  // namespace

absl::StatusOr<std::string> ParseAddress(const std::string& text) {
  absl::string_view address = text;
  absl::ConsumePrefix(&address, "http://");
  absl::ConsumeSuffix(&address, "/");
  const size_t colon = address.find_last_of(':');
  int port;
  if (colon == absl::string_view::npos || colon == 0 ||
      address.find('/') != absl::string_view::npos ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port < 1 ||
      port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", base::Printable(text),
                     "\" is no address of a control API; write it like "
                     "127.0.0.1:8080 or http://127.0.0.1:8080"));
  }
  return std::string(address);
}

absl::StatusOr<Endpoint> ChooseEndpoint(const std::string& address,
                                        const std::string& run_dir,
                                        const std::string& faas_url,
                                        const std::string& faasd_run_dir) {
  if (!address.empty()) return Remote(address);
  if (!run_dir.empty()) return Local(run_dir);
  if (!faas_url.empty()) return Remote(faas_url);
  if (!faasd_run_dir.empty()) return Local(faasd_run_dir);
  return Local(kDefaultRunDir);
}

absl::Status AddCredentials(const Credentials& credentials,
                            Endpoint* endpoint) {
  if (credentials.tls.any()) {
    if (!credentials.tls.all() || endpoint->address.empty()) {
      return absl::InvalidArgumentError(
          "--tls-cert, --tls-key and --tls-ca go together, with --address");
    }
    endpoint->tls = credentials.tls;
    return absl::OkStatus();
  }
  if (endpoint->address.empty() || !IsLoopback(endpoint->address)) {
    return absl::OkStatus();
  }
  if (!credentials.token_file.empty()) {
    ASSIGN_OR_RETURN(endpoint->token, rpc::ReadToken(credentials.token_file));
  } else if (!credentials.token.empty()) {
    endpoint->token = credentials.token;
  } else if (auto token = rpc::ReadToken(kDefaultTokenFile); token.ok()) {
    RETURN_IF_ERROR(CheckListener(endpoint->address));
    endpoint->token = *std::move(token);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Endpoint& endpoint) {
  const bool local = endpoint.address.empty();
  const std::string where =
      local ? SocketIn(endpoint.run_dir) : endpoint.address;
  // A missing socket needs no waiting.
  if (local && access(where.c_str(), W_OK) != 0) {
    if (errno == EACCES) return NotForUs(where);
  } else {
    ASSIGN_OR_RETURN(const auto channel, OpenChannel(endpoint));
    if (channel->WaitForConnected(std::chrono::system_clock::now() +
                                  kConnectTimeout)) {
      return channel;
    }
    if (local && ClosesConnections(where)) return NotForUs(where);
  }
  return absl::UnavailableError(absl::StrCat(
      "faasd is not running: no answer on ", where, WhyNoAnswer(endpoint)));
}

}  // namespace faas::cli
