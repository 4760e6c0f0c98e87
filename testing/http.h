#ifndef FAAS_TESTING_HTTP_H_
#define FAAS_TESTING_HTTP_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "testing/wait.h"

namespace faas::testing {

// An HttpResponse is an answer, parsed.
struct HttpResponse {
  // 0 if the answer is no HTTP.
  int status = 0;
  // The headers. Names are in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
  // All bytes that came.
  std::string raw;

  // Returns the value of a header, or "".
  std::string Header(const std::string& name) const;
};

HttpResponse ParseHttpResponse(std::string raw);

// A TestConnection is a TCP connection of a test. It goes to 127.0.0.0/8, or
// anywhere from inside a private network; other addresses are refused, so that
// tests send nothing to strangers.
class TestConnection {
 public:
  // Connects. Fails with UNAVAILABLE if the connection is refused. `timeout` is
  // the time for everything that is done with the connection; after it, all
  // functions fail with DEADLINE_EXCEEDED.
  static absl::StatusOr<TestConnection> Open(const std::string& address,
                                             uint16_t port,
                                             absl::Duration timeout = kSoon);

  absl::Status Send(absl::string_view data);

  // Reads until `text` has come, and returns all that has come. Fails with
  // UNAVAILABLE at the end of the stream.
  absl::StatusOr<std::string> ReadUntil(absl::string_view text);

  // Reads to the end of the stream, and returns all that has come. Fails with
  // ABORTED if the connection is reset.
  absl::StatusOr<std::string> ReadToEnd();

  // Close() ends the connection with a FIN, Reset() with an RST.
  void Close() { fd_.reset(); }
  void Reset();

  // Returns the address of this end, e.g. "10.0.0.1:54321".
  std::string LocalAddress() const;
  int fd() const { return fd_.get(); }

 private:
  TestConnection(base::UniqueFd fd, absl::Time deadline)
      : fd_(std::move(fd)), deadline_(deadline) {}

  absl::Status Wait(short events);
  // Returns false at the end of the stream.
  absl::StatusOr<bool> ReadMore();

  base::UniqueFd fd_;
  absl::Time deadline_;
  std::string received_;
};

// Sends "GET <path> HTTP/1.1" on a connection of its own, and reads the answer
// to its end.
absl::StatusOr<HttpResponse> HttpGet(const std::string& address, uint16_t port,
                                     const std::string& path,
                                     absl::Duration timeout = kSoon);

}  // namespace faas::testing

#endif  // FAAS_TESTING_HTTP_H_
