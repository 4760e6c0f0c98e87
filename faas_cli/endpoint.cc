#include "faas_cli/endpoint.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace faas::cli {
namespace {

constexpr char kDefaultRunDir[] = "/run/faasd";
constexpr char kDefaultAddress[] = "127.0.0.1:8080";
constexpr std::chrono::seconds kConnectTimeout(3);

std::string SocketIn(const std::string& run_dir) {
  return run_dir + "/registryd.sock";
}

absl::StatusOr<Endpoint> Remote(const std::string& text) {
  ASSIGN_OR_RETURN(std::string address, ParseAddress(text));
  return Endpoint{.run_dir = "", .address = std::move(address)};
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
  if (!run_dir.empty()) return Endpoint{run_dir, ""};
  if (!faas_url.empty()) return Remote(faas_url);
  if (!faasd_run_dir.empty()) return Endpoint{faasd_run_dir, ""};
  if (access(SocketIn(kDefaultRunDir).c_str(), W_OK) != 0 && errno == EACCES) {
    return Endpoint{"", kDefaultAddress};
  }
  return Endpoint{kDefaultRunDir, ""};
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Endpoint& endpoint) {
  const bool local = endpoint.address.empty();
  const std::string where =
      local ? SocketIn(endpoint.run_dir) : endpoint.address;
  // A missing socket needs no waiting.
  if (local && access(where.c_str(), W_OK) != 0) {
    if (errno == EACCES) {
      return absl::PermissionDeniedError(
          absl::StrCat("permission denied on ", where,
                       "; use sudo, or the control API with --address"));
    }
  } else {
    std::shared_ptr<grpc::Channel> channel =
        local ? rpc::UnixChannel(where) : rpc::TcpChannel(where);
    if (channel->WaitForConnected(std::chrono::system_clock::now() +
                                  kConnectTimeout)) {
      return channel;
    }
  }
  return absl::UnavailableError(absl::StrCat(
      "faasd is not running: no answer on ", where,
      local ? "; start it with \"sudo deploy/faasd\", or name another instance "
              "with --run_dir or --address"
            : "; start it with \"sudo deploy/faasd\" on that host"));
}

}  // namespace faas::cli
