#include "tests/fuzz/fuzz_sandbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/fs/file.h"
#include "tests/fuzz/check.h"

namespace faas::fuzz {
namespace {

constexpr size_t kMaxFileBytes = size_t{16} << 20;

std::string TemporaryDirectory() {
  for (const char* variable : {"TEST_TMPDIR", "TMPDIR"}) {
    const char* value = getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "/tmp";
}

mode_t Umask() {
  const mode_t mask = umask(077);
  umask(mask);
  return mask;
}

// Returns the lowest descriptor that is free. It stays the same as long as none
// leaks.
int NextFd() {
  const int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  close(fd);
  return fd;
}

std::string Content(const std::string& path, const struct stat& st) {
  if (S_ISLNK(st.st_mode)) {
    return std::filesystem::read_symlink(path).string();
  }
  if (!S_ISREG(st.st_mode)) return "";
  return fs::ReadFile(path, kMaxFileBytes).value_or("?");
}

// Returns each with its value, sorted.
std::string Attributes(const std::string& path) {
  char names[4096];
  const ssize_t size = llistxattr(path.c_str(), names, sizeof(names));
  if (size <= 0) return "";
  std::vector<std::string> attributes =
      absl::StrSplit(absl::string_view(names, size), '\0', absl::SkipEmpty());
  for (std::string& attribute : attributes) {
    char value[4096];
    const ssize_t n =
        lgetxattr(path.c_str(), attribute.c_str(), value, sizeof(value));
    absl::StrAppend(&attribute, "=",
                    absl::CHexEscape(absl::string_view(value, n < 0 ? 0 : n)));
  }
  std::sort(attributes.begin(), attributes.end());
  return absl::StrCat(" ", absl::StrJoin(attributes, " "));
}

std::string Describe(const std::string& path, bool ctimes) {
  struct stat st;
  Check(lstat(path.c_str(), &st) == 0, absl::StrCat("stat ", path));
  std::string line = absl::StrFormat(
      "%o %d:%d links=%d size=%d rdev=%d mtime=%d.%09d", st.st_mode, st.st_uid,
      st.st_gid, st.st_nlink, S_ISDIR(st.st_mode) ? 0 : st.st_size, st.st_rdev,
      st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  if (ctimes) {
    absl::StrAppendFormat(&line, " ctime=%d.%09d", st.st_ctim.tv_sec,
                          st.st_ctim.tv_nsec);
  }
  return absl::StrCat(line, Attributes(path), " ", Content(path, st), "\n");
}

void Require(const absl::Status& status) {
  Check(status.ok(), status.ToString());
}

}  // namespace

std::string Fingerprint(const std::string& root, bool ctimes) {
  std::vector<std::string> lines = {Describe(root, ctimes)};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path().string();
    lines.push_back(
        absl::StrCat(path.substr(root.size()), " ", Describe(path, ctimes)));
  }
  std::sort(lines.begin() + 1, lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

Sandbox::Sandbox() : dir_(TemporaryDirectory() + "/fuzzXXXXXX") {
  Check(mkdtemp(dir_.data()) != nullptr, absl::StrCat("mkdtemp ", dir_));
  inside_ = dir_ + "/inside";
  outside_ = dir_ + "/outside";
  Require(fs::MakeDirectories(inside_, 0700));
  can_chown_ = chown(inside_.c_str(), 70'000, 70'000) == 0;
  MakeOutside();
  expected_ = Fingerprint(outside_, /*ctimes=*/true);
  umask_ = Umask();
}

Sandbox::~Sandbox() { fs::RemoveTree(dir_).IgnoreError(); }

// Makes what an escape would like to find: a secret, a program with set-id
// bits, a directory that anybody may write to, and a link.
void Sandbox::MakeOutside() const {
  Require(fs::MakeDirectories(outside_ + "/etc", 0755));
  Require(fs::MakeDirectories(outside_ + "/tmp", 0755));
  Require(fs::WriteFileDurably(outside_ + "/etc/passwd", "secret", 0600));
  Require(fs::WriteFileDurably(outside_ + "/su", "program", 0755));
  Check(chmod((outside_ + "/su").c_str(), 04755) == 0 &&
            chmod((outside_ + "/tmp").c_str(), 01777) == 0 &&
            symlink("etc", (outside_ + "/link").c_str()) == 0,
        "make the tree outside");
}

void Sandbox::Begin() {
  Require(fs::RemoveTree(inside_));
  Require(fs::MakeDirectories(inside_, 0700));
  // This comes last, as sanitizers and the fuzzer open files of their own.
  next_fd_ = NextFd();
}

void Sandbox::End() {
  Check(NextFd() == next_fd_, "no descriptor left open");
  Check(Umask() == umask_, "the umask as it was");
  Check(Fingerprint(outside_, /*ctimes=*/true) == expected_,
        absl::StrCat("outside as it was\n", expected_, "but it is\n",
                     Fingerprint(outside_, /*ctimes=*/true)));
  std::vector<std::string> names =
      fs::ListDirectory(dir_).value_or(std::vector<std::string>{});
  std::sort(names.begin(), names.end());
  Check(names == std::vector<std::string>{"inside", "outside"},
        "nothing else in the sandbox");
  Require(fs::RemoveTree(inside_));
}

}  // namespace faas::fuzz
