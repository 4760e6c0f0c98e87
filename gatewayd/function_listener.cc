#include "gatewayd/function_listener.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "gatewayd/lingering_close.h"
#include "gatewayd/platform_answer.h"

namespace faas::gatewayd {
namespace {

// How many connections are accepted in one turn of the loop, before the other
// listeners get theirs.
constexpr int kAcceptsPerTurn = 64;

}  // namespace

FunctionListener::FunctionListener(const Environment* environment,
                                   std::string function, net::Ipv4 address,
                                   uint16_t port)
    : environment_(*environment),
      function_(std::move(function)),
      address_(address),
      port_(port) {}

FunctionListener::~FunctionListener() { Pause(); }

absl::Status FunctionListener::Open() {
  ASSIGN_OR_RETURN(base::UniqueFd socket,
                   ListenTcp(address_, port_, environment_.mark));
  RETURN_IF_ERROR(gatewayd::SetProtocol(socket.get(), protocol_));
  socket_ = std::move(socket);
  log::Line("listener", absl::StrCat("Listening on ", net::ToString(address_),
                                     ":", port_, " for ", function_));
  return absl::OkStatus();
}

absl::Status FunctionListener::StartAccepting() {
  ASSIGN_OR_RETURN(
      watch_, environment_.loop->Watch(socket_.get(), EPOLLIN,
                                       [this](uint32_t) { OnReadable(); }));
  return absl::OkStatus();
}

void FunctionListener::Pause() {
  environment_.loop->Unwatch(std::exchange(watch_, 0));
}

void FunctionListener::SetProtocol(Protocol protocol) {
  if (std::exchange(protocol_, protocol) == protocol || !open()) return;
  const absl::Status status = gatewayd::SetProtocol(socket_.get(), protocol);
  if (status.ok()) return;
  log::Line("listener",
            absl::StrCat(status.message(), " (for ", function_, ")"));
}

void FunctionListener::OnReadable() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    absl::StatusOr<Accepted> accepted = AcceptTcp(socket_.get());
    if (accepted.ok()) {
      accepted->protocol = protocol_;
      environment_.on_accept(*std::move(accepted), function_);
      continue;
    }
    if (absl::IsUnavailable(accepted.status())) return;
    if (absl::IsResourceExhausted(accepted.status()) && RefuseOne()) continue;
    // Nothing helps for the moment, and epoll would report the socket again and
    // again. The owner starts it again later.
    Pause();
    log::Line("listener", absl::StrCat(accepted.status().message(), " (for ",
                                       function_, "; trying again)"));
    return;
  }
}

// Accepts a connection on the reserve descriptor, tells the client why it is
// not served, and closes it. Returns whether that was possible.
bool FunctionListener::RefuseOne() {
  environment_.reserve->Release();
  absl::StatusOr<Accepted> accepted = AcceptTcp(socket_.get());
  if (accepted.ok() && protocol_ == Protocol::kHttp) {
    LingeringClose::AnswerAndCloseNow(
        std::move(accepted->fd), HttpResponse(OutOfDescriptors(), function_));
  } else if (accepted.ok()) {
    accepted->fd.reset();
  }
  environment_.reserve->Refill();
  if (accepted.ok()) {
    log::Line("listener", absl::StrCat("out of descriptors or memory; refused "
                                       "a connection to ",
                                       function_));
  }
  return accepted.ok();
}

}  // namespace faas::gatewayd
