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

// The open directories from a layer's root down to the one that is written to.
// Tars list a directory's entries in a row, so most calls cost nothing, and the
// next directory is mostly one openat2 away.
//
// A directory whose entries change gets a new mtime from the kernel; when the
// stack leaves a directory that was touched, it puts back the times found when
// it entered. So the times that an entry set stay, in whatever order entries
// come, and none need to be remembered.
//
// Paths are resolved as if the layer's root were "/": symlinks of the layer are
// followed, by hand and one component at a time, each opened without following
// anything; nothing leads out. Missing directories are made, the image's
// root's, 0755, and remembered as implicit.
class DirectoryStack {
 public:
  // Takes the layer's root. `label` names the layer in errors.
  DirectoryStack(base::UniqueFd root, std::string label, const Limits& limits,
                 const Owners& owners);

  // Enters `path`, a normalized one, leaves where it was, and returns the
  // descriptor, which is the stack's until the next call. Errors:
  // kMalformed if something that is not a directory is in the way, kUnsafeLink
  // for loops of symlinks, kStorage, and kLimit, also if the ways to all paths
  // so far are too long.
  absl::StatusOr<int> Enter(absl::string_view path);

  // To be called before the entries of the current directory are changed.
  void Touch() { levels_.back().touched = true; }

  // Leaves all directories, for the root. To be called at the end, and when
  // something was removed: it may have been a directory or a symlink on the
  // way.
  absl::Status Leave();

  int root() const { return levels_.front().fd.get(); }

  // Of the current directory's real path, without symlinks.
  size_t CurrentPathBytes() const;

  // Says that the directory `name` in the current one is not implicit.
  void SetExplicit(absl::string_view name);

  // Directories that were made because something lies in them, and that no
  // entry has described: real paths, without symlinks. What was removed since
  // may still be among them.
  std::set<std::string> TakeImplicit() { return std::move(implicit_); }

 private:
  struct Level {
    std::string name;
    base::UniqueFd fd;
    struct stat found = {};
    bool touched = false;
    // To be set again, if it had to be changed meanwhile.
    std::optional<mode_t> locked_mode;
  };

  absl::Status Walk(std::deque<std::string> pending);
  absl::Status CheckLimits(const std::string& name) const;
  // Enters `name` in the current directory, or puts what it leads to in front
  // of `pending` if it is a symlink.
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
  // What the last Enter() asked for, unless it failed; the current directory is
  // what that means.
  std::optional<std::string> requested_ = std::string();
  int links_followed_ = 0;
  WalkBudget steps_;
  std::set<std::string> implicit_;
  size_t implicit_bytes_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_DIRECTORY_STACK_H_
