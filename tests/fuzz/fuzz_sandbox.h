#ifndef FAAS_TESTS_FUZZ_FUZZ_SANDBOX_H_
#define FAAS_TESTS_FUZZ_FUZZ_SANDBOX_H_

#include <sys/types.h>

#include <string>

namespace faas::fuzz {

// What lies below `root`, and `root` itself: a line for each, with type, mode,
// owner, links, size, mtime, attributes and content; with `ctimes`, which
// nothing can set back, also that.
std::string Fingerprint(const std::string& root, bool ctimes);

// A temporary directory with two in it: `inside`, where a run may write, and
// `outside`, where nothing may change. One for the process, below $TEST_TMPDIR,
// $TMPDIR or /tmp; removed when the process exits.
class Sandbox {
 public:
  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const std::string& inside() const { return inside_; }
  const std::string& outside() const { return outside_; }
  // Whether files can be given to others. Bazel's sandbox runs tests as a root
  // that cannot.
  bool can_chown() const { return can_chown_; }

  // Before a run: makes `inside`, empty.
  void Begin();
  // After it: checks that `outside`, the umask and the number of open
  // descriptors are as they were, and removes `inside`.
  void End();

 private:
  void MakeOutside() const;

  std::string dir_;
  std::string inside_;
  std::string outside_;
  bool can_chown_ = false;
  std::string expected_;
  mode_t umask_ = 0;
  int next_fd_ = -1;
};

}  // namespace faas::fuzz

#endif  // FAAS_TESTS_FUZZ_FUZZ_SANDBOX_H_
