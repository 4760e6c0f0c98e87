#include "tests/benchmark/load.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

namespace faas::benchmark {
namespace {

constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: benchmark\r\n\r\n";
constexpr timeval kAnswerTimeout = {.tv_sec = 30};

absl::Status ReadAnswer(int connection) {
  std::string answer;
  char buffer[4096];
  ssize_t size;
  while ((size = recv(connection, buffer, sizeof(buffer), 0)) > 0) {
    answer.append(buffer, size);
  }
  if (size < 0) return base::ErrnoStatus("receive an answer");
  if (!absl::StartsWith(answer, "HTTP/1.1 200 ")) {
    return absl::UnknownError(absl::StrCat("answered \"", answer, "\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> TimeOne(const sockaddr_in& name) {
  const int64_t begin = absl::GetCurrentTimeNanos();
  const base::UniqueFd connection(
      socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&name),
              sizeof(name)) != 0) {
    return base::ErrnoStatus("connect");
  }
  setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerTimeout,
             sizeof(kAnswerTimeout));
  if (send(connection.get(), kRequest, sizeof(kRequest) - 1, MSG_NOSIGNAL) <
      0) {
    return base::ErrnoStatus("send a request");
  }
  RETURN_IF_ERROR(ReadAnswer(connection.get()));
  return absl::Nanoseconds(absl::GetCurrentTimeNanos() - begin);
}

}  // namespace

absl::StatusOr<std::vector<absl::Duration>> RunLoad(
    const LoadOptions& options) {
  ASSIGN_OR_RETURN(const net::Ipv4 address, net::ParseIpv4(options.address));
  const sockaddr_in name = net::SocketAddress(address, options.port);
  std::atomic<int> next = 0;
  absl::Mutex mutex;
  absl::Status status;
  std::vector<absl::Duration> times;
  times.reserve(options.connections);
  const absl::Time begin = absl::Now();
  const auto run_client = [&] {
    for (int i = next++; i < options.connections; i = next++) {
      absl::SleepFor(begin + i * options.interval - absl::Now());
      const absl::StatusOr<absl::Duration> time = TimeOne(name);
      absl::MutexLock lock(&mutex);
      if (time.ok()) {
        times.push_back(*time);
      } else {
        status.Update(time.status());
        next = options.connections;  // The others do not begin.
      }
    }
  };
  std::vector<std::thread> clients;
  for (int i = 0; i < options.concurrency; ++i)
    clients.emplace_back(run_client);
  for (std::thread& client : clients) client.join();
  if (!status.ok()) return status;
  return times;
}

}  // namespace faas::benchmark
