#ifndef FAAS_TESTS_SECURITY_BYTE_FEED_H_
#define FAAS_TESTS_SECURITY_BYTE_FEED_H_

#include <functional>
#include <thread>

#include "common/base/unique_fd.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {

// A ByteFeed is a stream that a thread of its own writes, to be a program's
// standard input. It may be of any size, since nothing holds it as a whole. It
// ends when `generate` returns, and `generate` is told when nobody reads any
// more.
class ByteFeed {
 public:
  enum class End { kClose, kStayOpen };

  // With kStayOpen the stream stays open when `generate` has returned, like
  // that of a program which has stalled.
  explicit ByteFeed(std::function<void(const ByteSink&)> generate,
                    End end = End::kClose);
  // Stops reading, and waits for `generate`.
  ~ByteFeed();

  // Returns the end to read from, which this object owns.
  int fd() const { return read_end_.get(); }

 private:
  base::UniqueFd read_end_;
  base::UniqueFd write_end_;
  std::thread thread_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_BYTE_FEED_H_
