#include "tests/benchmark/open_loop.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/net/ipv4.h"

namespace faas::benchmark {
namespace {

constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: benchmark\r\n\r\n";
// How long an answer may take, from the connect.
constexpr absl::Duration kAnswerTimeout = absl::Seconds(60);

absl::Duration ThreadCpuTime() {
  timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return absl::DurationFromTimespec(used);
}

class Load {
 public:
  Load(const OpenLoopOptions& options, const sockaddr_in& name)
      : options_(options), name_(name) {}

  absl::StatusOr<OpenLoopResult> Run() {
    ASSIGN_OR_RETURN(loop_, event::EventLoop::Create());
    const absl::Duration cpu_before = ThreadCpuTime();
    begin_ = event::EventLoop::Now();
    ConnectDue();
    while (connecting_ || !open_.empty()) loop_->RunOnce();
    result_.elapsed = event::EventLoop::Now() - begin_;
    result_.cpu = ThreadCpuTime() - cpu_before;
    return std::move(result_);
  }

 private:
  struct Connection {
    base::UniqueFd fd;
    event::EventLoop::Token watch = 0, timer = 0;
    absl::Time since;
    bool sent = false;
    std::string answer;
  };

  // Begins all connections that are due, and sets a timer for the next one.
  void ConnectDue() {
    const absl::Duration interval = absl::Seconds(1) / options_.rate;
    const absl::Time now = event::EventLoop::Now();
    while (begin_ + made_ * interval <= now) {
      if (made_ * interval >= options_.time) {
        connecting_ = false;
        return;
      }
      ++made_;
      Connect();
    }
    loop_->After(begin_ + made_ * interval - now, [this] { ConnectDue(); });
  }

  void Connect() {
    if (open_.size() >= static_cast<size_t>(options_.max_open)) {
      ++result_.errors["not made"];
      return;
    }
    Connection connection;
    connection.since = event::EventLoop::Now();
    connection.fd.reset(
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int fd = connection.fd.get();
    if (connect(fd, reinterpret_cast<const sockaddr*>(&name_), sizeof(name_)) !=
            0 &&
        errno != EINPROGRESS) {
      ++result_.errors["not made"];
      return;
    }
    const int id = ++last_id_;
    const auto watch = loop_->Watch(fd, EPOLLIN | EPOLLOUT | EPOLLET,
                                    [this, id](uint32_t) { OnEvent(id); });
    if (!watch.ok()) {
      ++result_.errors["not made"];
      return;
    }
    connection.watch = *watch;
    connection.timer =
        loop_->After(kAnswerTimeout, [this, id] { End(id, "timeout"); });
    open_.emplace(id, std::move(connection));
  }

  void OnEvent(int id) {
    const auto it = open_.find(id);
    if (it == open_.end()) return;
    Connection& connection = it->second;
    if (!connection.sent) {
      connection.sent = send(connection.fd.get(), kRequest,
                             sizeof(kRequest) - 1, MSG_NOSIGNAL) > 0;
    }
    char buffer[4096];
    while (true) {
      const ssize_t size = recv(connection.fd.get(), buffer, sizeof(buffer), 0);
      if (size > 0) {
        connection.answer.append(buffer, size);
      } else if (size == 0) {
        End(id, "");
        return;
      } else if (errno == EAGAIN) {
        return;
      } else {
        End(id, errno == ECONNRESET ? "reset" : "other error");
        return;
      }
    }
  }

  void End(int id, const std::string& error) {
    auto node = open_.extract(id);
    Connection& connection = node.mapped();
    loop_->Unwatch(connection.watch);
    loop_->CancelTimer(connection.timer);
    const absl::Duration time = event::EventLoop::Now() - connection.since;
    if (!error.empty()) {
      ++result_.errors[error];
    } else if (absl::StartsWith(connection.answer, "HTTP/1.1 200 ")) {
      result_.served.push_back(time);
      result_.served_in_time += connecting_ ? 1 : 0;
    } else if (absl::StartsWith(connection.answer, "HTTP/1.1 503 ")) {
      result_.refused.push_back(time);
    } else {
      ++result_.errors[connection.answer.empty()
                           ? "closed"
                           : connection.answer.substr(
                                 0, connection.answer.find('\r'))];
    }
  }

  const OpenLoopOptions options_;
  const sockaddr_in name_;
  std::unique_ptr<event::EventLoop> loop_;
  absl::flat_hash_map<int, Connection> open_;
  OpenLoopResult result_;
  absl::Time begin_;
  int made_ = 0;
  int last_id_ = 0;
  bool connecting_ = true;
};

}  // namespace

absl::StatusOr<OpenLoopResult> RunOpenLoop(const OpenLoopOptions& options) {
  ASSIGN_OR_RETURN(const net::Ipv4 address, net::ParseIpv4(options.address));
  return Load(options, net::SocketAddress(address, options.port)).Run();
}

}  // namespace faas::benchmark
