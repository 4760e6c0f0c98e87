#ifndef FAAS_COMMON_BASE_UNIQUE_FD_H_
#define FAAS_COMMON_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace faas::base {

// A UniqueFd owns a file descriptor, and closes it when it is destroyed.
// Passing a UniqueFd by value hands the descriptor over; a plain `int` borrows
// it. It may own none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Gives the descriptor up without closing it, and returns it, or -1 if there
  // is none.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  // Closes the descriptor and owns `fd` instead. close(2) frees the descriptor
  // even when it fails, also with EINTR, so there is nothing to retry.
  void reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace faas::base

#endif  // FAAS_COMMON_BASE_UNIQUE_FD_H_
