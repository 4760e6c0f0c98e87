#ifndef FAAS_IMAGE_LAYER_DIRECTORY_STACK_H_
#define FAAS_IMAGE_LAYER_DIRECTORY_STACK_H_

#include <sys/stat.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"
#include "image/layer/walk_budget.h"
#include "image/limits.h"
#include "image/owners.h"

namespace faas::image {

// A DirectoryStack holds the open directories from a layer's root down to the
// current one, in which entries are written. Tars list a directory's entries in
// a row, so most calls cost nothing, and the next directory is mostly one
// openat2 away.
//
// A directory whose entries change gets a new mtime from the kernel. When the
// stack leaves a directory that was touched, it restores the times found when
// it entered. So the times that an entry set stay, in whatever order entries
// come, and none need to be remembered.
//
// Paths are resolved as if the layer's root were "/". Symlinks of the layer are
// followed by our own code, one component at a time, and each component is
// opened without following anything, so nothing leads out. Missing directories
// are made with mode 0755 and the image's root as owner, and remembered as
// implicit.
class DirectoryStack {
 public:
  // Owns the layer's root, which is the current directory at first. `label`
  // names the layer in errors.
  DirectoryStack(base::UniqueFd root, std::string label, const Limits& limits,
                 const Owners& owners);

  // Makes `path`, a normalized one, the current directory, and returns its
  // descriptor, which the stack owns until the next call. Errors: kMalformed if
  // something that is not a directory is in the way, kUnsafeLink for loops of
  // symlinks, kStorage, and kLimit, also if the ways to all paths so far are
  // too long.
  absl::StatusOr<int> Enter(absl::string_view path);

  // Must be called before the entries of the current directory are changed.
  void Touch() { levels_.back().touched = true; }

  // Goes back to the root. Must be called at the end, and when something was
  // removed, because that may have been a directory or a symlink on the way.
  absl::Status Leave();

  int root() const { return levels_.front().fd.get(); }

  // Returns the length of the current directory's real path, without symlinks.
  size_t CurrentPathBytes() const;

  // Says that an entry describes the directory `name` in the current one, so
  // that it is not implicit.
  void SetExplicit(absl::string_view name);

  // Returns the directories that were made because something lies in them, and
  // that no entry has described, by their real paths without symlinks. A
  // directory that was removed since may be among them.
  std::set<std::string> TakeImplicit() { return std::move(implicit_); }

 private:
  struct Level {
    std::string name;
    base::UniqueFd fd;
    struct stat found = {};
    bool touched = false;
    // The mode to restore, if it had to be changed meanwhile.
    std::optional<mode_t> locked_mode;
  };

  absl::Status Walk(std::deque<std::string> pending);
  absl::Status CheckLimits(const std::string& name) const;
  // Enters `name` in the current directory. If it is a symlink, puts the
  // components of its target in front of `pending` instead.
  absl::Status Descend(const std::string& name,
                       std::deque<std::string>& pending);
  absl::StatusOr<std::optional<mode_t>> Unlock(const std::string& name);
  absl::StatusOr<base::UniqueFd> OpenOrMake(const std::string& name);
  absl::Status MakeImplicit(const std::string& name, bool over_whiteout);
  absl::Status Follow(const std::string& name,
                      std::deque<std::string>& pending);
  absl::Status Pop();
  absl::Status Restore(const Level& level) const;
  std::string CurrentPath(absl::string_view name) const;
  absl::Status Fail(absl::string_view what, absl::string_view name) const;
  absl::Status TooFar() const;

  const std::string label_;
  const Limits& limits_;
  const Owners owners_;
  const bool privileged_;
  std::vector<Level> levels_;
  // The path that the last Enter() asked for, unless it failed. The current
  // directory is the one that it means.
  std::optional<std::string> requested_ = std::string();
  int links_followed_ = 0;
  WalkBudget steps_;
  std::set<std::string> implicit_;
  size_t implicit_bytes_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_DIRECTORY_STACK_H_
