#ifndef FAAS_TESTING_CHILD_PROCESS_H_
#define FAAS_TESTING_CHILD_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"

namespace faas::testing {

struct ChildOptions {
  // The descriptors that become the child's 0, 1 and 2; -1 stands for
  // /dev/null. The child gets copies.
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  // NAME=VALUE strings, which are added to the environment of the test.
  std::vector<std::string> env;
  std::string working_dir;
};

// A Child is a process that the test started, held by its pidfd. The destructor
// kills and reaps it. It also dies with the thread that started it, so that a
// test that is killed leaves nothing. Thread-compatible.
class Child {
 public:
  // Starts a program. `argv[0]` is looked up in PATH. Fails with NOT_FOUND if
  // it cannot be executed.
  static absl::StatusOr<Child> Start(const std::vector<std::string>& argv,
                                     const ChildOptions& options);

  Child(Child&& other) noexcept = default;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }

  // Sends a signal. Does nothing if the process has ended.
  void Kill(int signal);

  // Waits for the end. Returns whether the process has ended by the deadline.
  bool Wait(absl::Time deadline);

  // Returns the exit code as a shell gives it: 128 + n after signal n. It is
  // empty until Wait() has returned true.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  Child(pid_t pid, base::UniqueFd pidfd)
      : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_;
  base::UniqueFd pidfd_;
  std::optional<int> exit_code_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_CHILD_PROCESS_H_
