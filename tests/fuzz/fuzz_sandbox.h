#ifndef FAAS_TESTS_FUZZ_FUZZ_SANDBOX_H_
#define FAAS_TESTS_FUZZ_FUZZ_SANDBOX_H_

#include <sys/types.h>

#include <string>

namespace faas::fuzz {

// Returns what lies below `root`, and `root` itself: a line for each, with
// type, mode, owner, links, size, mtime, attributes and content. With `ctimes`
// the line also has the ctime, which nothing can set back.
std::string Fingerprint(const std::string& root, bool ctimes);

// A Sandbox is a temporary directory with two in it: `inside`, where a run
// may write, and `outside`, where nothing may change. There is one for the
// process, below $TEST_TMPDIR, $TMPDIR or /tmp. It is removed when the process
// exits.
class Sandbox {
 public:
  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const std::string& inside() const { return inside_; }
  const std::string& outside() const { return outside_; }
  // Returns whether files can be given to other users. Bazel's sandbox runs
  // tests as a root that cannot do so.
  bool can_chown() const { return can_chown_; }

  // Makes `inside`, empty, before a run.
  void Begin();
  // Checks after a run that `outside`, the umask and the number of open
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
