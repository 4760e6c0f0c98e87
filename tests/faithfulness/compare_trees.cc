#include "tests/faithfulness/compare_trees.h"

#include <endian.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstring>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/printable.h"

namespace faas::testing {
namespace {

constexpr char kCapability[] = "security.capability";
constexpr char kAbsent[] = "absent";

const char* TypeName(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "directory";
    case S_IFLNK:
      return "symlink";
    case S_IFCHR:
      return "character device";
    case S_IFBLK:
      return "block device";
    case S_IFIFO:
      return "fifo";
    case S_IFSOCK:
      return "socket";
    default:
      return "unknown";
  }
}

std::string Id(uint32_t id, uint32_t id_base) {
  return id < id_base ? absl::StrCat(id, " (below the base)")
                      : absl::StrCat(id - id_base);
}

// Version 3 of the attribute holds for one user namespace, that of its root.
// Without that restriction it is version 2.
std::string WithoutRoot(std::string value, uint32_t root) {
  vfs_ns_cap_data data;
  if (value.size() != sizeof(data)) return value;
  std::memcpy(&data, value.data(), sizeof(data));
  const uint32_t magic = le32toh(data.magic_etc);
  if ((magic & VFS_CAP_REVISION_MASK) != VFS_CAP_REVISION_3 ||
      le32toh(data.rootid) != root) {
    return value;
  }
  data.magic_etc =
      htole32(VFS_CAP_REVISION_2 | (magic & VFS_CAP_FLAGS_EFFECTIVE));
  std::memcpy(value.data(), &data, sizeof(data));
  return value.substr(0, XATTR_CAPS_SZ_2);
}

// Compares two nodes at one path.
class NodeComparison {
 public:
  NodeComparison(const std::string& path, const FileNode& first,
                 const FileNode& second, const CompareOptions& options,
                 std::vector<Difference>* differences)
      : path_(path),
        first_(first),
        second_(second),
        options_(options),
        differences_(differences) {}

  void Run() {
    if ((first_.mode & S_IFMT) != (second_.mode & S_IFMT)) {
      Report("type", TypeName(first_.mode), TypeName(second_.mode));
      return;
    }
    CompareMetadata();
    CompareContent();
    if (options_.xattrs) CompareXattrs();
  }

 private:
  void Report(std::string aspect, std::string first, std::string second) {
    differences_->push_back(
        {path_, std::move(aspect), std::move(first), std::move(second)});
  }

  void Compare(const char* aspect, std::string first, std::string second) {
    if (first != second) Report(aspect, std::move(first), std::move(second));
  }

  void CompareMetadata() {
    Compare("mode", absl::StrFormat("%04o", first_.mode & 07777),
            absl::StrFormat("%04o", second_.mode & 07777));
    Compare("owner", absl::StrCat(first_.uid, ":", first_.gid),
            absl::StrCat(Id(second_.uid, options_.id_base), ":",
                         Id(second_.gid, options_.id_base)));
    const bool coarse = first_.mtime.tv_nsec == 0 || second_.mtime.tv_nsec == 0;
    Compare("mtime", Time(first_.mtime, coarse), Time(second_.mtime, coarse));
  }

  static std::string Time(const timespec& time, bool coarse) {
    if (coarse) return absl::StrCat(time.tv_sec);
    return absl::StrFormat("%d.%09d", time.tv_sec, time.tv_nsec);
  }

  void CompareContent() {
    if (first_.size != second_.size) {
      Report("size", absl::StrCat(first_.size), absl::StrCat(second_.size));
    } else {
      Compare("content", first_.sha256, second_.sha256);
    }
    Compare("target", base::Printable(first_.target),
            base::Printable(second_.target));
    Compare("device", Device(first_.device), Device(second_.device));
    Compare("links", Links(first_), Links(second_));
  }

  static std::string Device(dev_t device) {
    return absl::StrCat(major(device), ":", minor(device));
  }

  static std::string Links(const FileNode& node) {
    if (node.first_link.empty()) return "alone";
    return absl::StrCat("the file \"", base::Printable(node.first_link), "\"");
  }

  void CompareXattrs() {
    std::set<std::string> names;
    for (const auto& [name, value] : first_.xattrs) names.insert(name);
    for (const auto& [name, value] : second_.xattrs) names.insert(name);
    for (const std::string& name : names) {
      Compare(name.c_str(), Xattr(first_, name, 0),
              Xattr(second_, name, options_.id_base));
    }
  }

  static std::string Xattr(const FileNode& node, const std::string& name,
                           uint32_t id_base) {
    const auto it = node.xattrs.find(name);
    if (it == node.xattrs.end()) return kAbsent;
    if (name != kCapability)
      return absl::StrCat("=", absl::CHexEscape(it->second));
    return absl::StrCat(
        "0x", absl::BytesToHexString(WithoutRoot(it->second, id_base)));
  }

  const std::string& path_;
  const FileNode& first_;
  const FileNode& second_;
  const CompareOptions& options_;
  std::vector<Difference>* const differences_;
};

}  // namespace

std::string Difference::Describe() const {
  return absl::StrCat("\"", base::Printable(path),
                      "\": ", base::Printable(aspect), ": ", first, ", but ",
                      second);
}

std::vector<Difference> CompareTrees(const FileTree& first,
                                     const FileTree& second,
                                     const CompareOptions& options) {
  std::vector<Difference> differences;
  auto one = first.begin();
  auto two = second.begin();
  while (one != first.end() || two != second.end()) {
    if (two == second.end() ||
        (one != first.end() && one->first < two->first)) {
      differences.push_back(
          {one->first, "presence", TypeName(one->second.mode), kAbsent});
      ++one;
    } else if (one == first.end() || two->first < one->first) {
      differences.push_back(
          {two->first, "presence", kAbsent, TypeName(two->second.mode)});
      ++two;
    } else {
      NodeComparison(one->first, one->second, two->second, options,
                     &differences)
          .Run();
      ++one;
      ++two;
    }
  }
  return differences;
}

}  // namespace faas::testing
