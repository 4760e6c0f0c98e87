#include "image/layer/layer_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/layer/file_ops.h"
#include "image/layer/overlay.h"

namespace faas::image {
namespace {

using base::UniqueFd;

constexpr uint64_t kStatBlockBytes = 512;  // The unit of st_blocks.
constexpr uint64_t kDirectoryBytes = 4096;
// What an inode, and its name in a directory, take on disk.
constexpr uint64_t kEntryBytes = 512;
// File systems allocate whole blocks.
constexpr uint64_t kBlockBytes = 4096;

// Returns a path's last component as a C string. It ends where the path does.
const char* NameOf(const std::string& path) {
  return path.c_str() + (path.size() - BaseName(path).size());
}

absl::Status WriteAt(int fd, absl::string_view bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n =
        pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus("write");
    bytes.remove_prefix(n);
    offset += n;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LayerWriter>> LayerWriter::Create(
    const std::string& directory, const Options& options) {
  if (mkdir(directory.c_str(), 0755) != 0) {
    return StorageError(
        base::ErrnoStatus(absl::StrCat("mkdir \"", directory, "\"")));
  }
  absl::StatusOr<UniqueFd> root =
      fs::Open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!root.ok()) return StorageError(root.status());
  if (fchmod(root->get(), 0755) != 0) {
    return StorageError(
        base::ErrnoStatus(absl::StrCat("chmod \"", directory, "\"")));
  }
  return std::unique_ptr<LayerWriter>(
      new LayerWriter(directory, options, *std::move(root)));
}

LayerWriter::LayerWriter(const std::string& directory, const Options& options,
                         UniqueFd root)
    : directory_(directory),
      options_(options),
      stack_(std::move(root), options_.label, options_.limits,
             options_.owners) {}

absl::Status LayerWriter::Fail(absl::string_view what,
                               const LayerEntry& entry) const {
  const int error = errno;
  // What was there has been removed already, so the way to it led through
  // itself, e.g. "l -> d/..", "d", "l/d".
  if (error == EEXIST) {
    return ImageError(
        ErrorCategory::kMalformed,
        absl::StrCat(options_.label, ": \"", base::Printable(entry.path),
                     "\" replaces a directory that its path leads through"));
  }
  return StorageError(base::ErrnoStatus(
      absl::StrCat(what, " \"", base::Printable(entry.path), "\""), error));
}

absl::Status LayerWriter::BadLink(absl::string_view why,
                                  const LayerEntry& entry) const {
  return ImageError(
      ErrorCategory::kUnsafeLink,
      absl::StrCat(options_.label, ": \"", base::Printable(entry.path),
                   "\" is a hard link to \"", base::Printable(entry.link),
                   "\", ", why));
}

absl::Status LayerWriter::Add(const LayerEntry& entry, EntryContent& content) {
  for (const std::string& name : entry.ignored_attributes) {
    written_.ignored_attributes.Add(name, entry.path);
  }
  switch (entry.kind) {
    case EntryKind::kFile:
      return WriteFile(entry, content);
    case EntryKind::kDirectory:
      return WriteDirectory(entry);
    case EntryKind::kSymlink:
      return WriteSymlink(entry);
    case EntryKind::kHardLink:
      return WriteHardLink(entry);
    case EntryKind::kWhiteout:
      return WriteWhiteout(entry);
    case EntryKind::kOpaque:
      return WriteOpaque(entry);
    case EntryKind::kIgnored:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<int> LayerWriter::EnterParent(const LayerEntry& entry) {
  RETURN_IF_ERROR(Admit(kEntryBytes));
  written_.disk_bytes += kEntryBytes;
  ASSIGN_OR_RETURN(const int parent, stack_.Enter(Parent(entry.path)));
  // The way to it may have led through symlinks.
  if (stack_.CurrentPathBytes() + 1 + BaseName(entry.path).size() >
      options_.limits.path_bytes) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(options_.label, ": \"", base::Printable(entry.path),
                     "\" leads to a path of more than ",
                     options_.limits.path_bytes, " bytes"));
  }
  stack_.Touch();
  return parent;
}

absl::StatusOr<int> LayerWriter::Replace(const LayerEntry& entry) {
  ASSIGN_OR_RETURN(const int parent, EnterParent(entry));
  written_.replaced = true;
  RETURN_IF_ERROR(RemoveAt(parent, NameOf(entry.path)));
  RETURN_IF_ERROR(stack_.Leave());
  return EnterParent(entry);
}

absl::Status LayerWriter::WriteFile(const LayerEntry& entry,
                                    EntryContent& content) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  ASSIGN_OR_RETURN(int parent, EnterParent(entry));
  const mode_t mode = entry.mode & 0777;
  UniqueFd fd(openat(parent, NameOf(entry.path), kFlags, mode));
  if (!fd.valid() && errno == EEXIST) {
    ASSIGN_OR_RETURN(parent, Replace(entry));
    fd = UniqueFd(openat(parent, NameOf(entry.path), kFlags, mode));
  }
  if (!fd.valid()) return Fail("create", entry);
  RETURN_IF_ERROR(WriteContent(fd.get(), entry, content));
  return SetFileMetadata(fd.get(), entry);
}

bool LayerWriter::MustChown(const struct stat& st,
                            const LayerEntry& entry) const {
  return options_.owners.keep &&
         (st.st_uid != options_.owners.OnDisk(entry.uid) ||
          st.st_gid != options_.owners.OnDisk(entry.gid));
}

absl::Status LayerWriter::SetFileMetadata(int fd, const LayerEntry& entry) {
  // The file mostly is as it should be already, and asking costs less than
  // setting. The umask, a default ACL or a set-group-id parent can make it
  // different.
  struct stat st;
  if (fstat(fd, &st) != 0) return Fail("stat", entry);
  written_.disk_bytes += static_cast<uint64_t>(st.st_blocks) * kStatBlockBytes;
  const bool change_owner = MustChown(st, entry);
  // chown clears set-id bits and capabilities, so it comes first.
  if (change_owner && fchown(fd, options_.owners.OnDisk(entry.uid),
                             options_.owners.OnDisk(entry.gid)) != 0) {
    return Fail("chown", entry);
  }
  if ((st.st_mode & 07777) != entry.mode && fchmod(fd, entry.mode) != 0) {
    return Fail("chmod", entry);
  }
  RETURN_IF_ERROR(SetAttributes(fd, entry));
  const timespec times[2] = {entry.mtime, entry.mtime};
  if (futimens(fd, times) != 0) return Fail("set times of", entry);
  return absl::OkStatus();
}

absl::Status LayerWriter::SetAttributes(int fd, const LayerEntry& entry) {
  for (const Attribute& attribute : entry.attributes) {
    Attribute stored = attribute;
    if (attribute.name == kCapabilityAttribute) {
      const std::optional<std::string> value =
          StoredCapability(attribute.value, options_.owners);
      if (!options_.owners.keep || !value.has_value()) {
        written_.ignored_attributes.Add(attribute.name, entry.path);
        continue;
      }
      stored.value = *value;
    }
    RETURN_IF_ERROR(Admit(stored.name.size() + stored.value.size()));
    if (absl::Status status = SetAttribute(fd, stored); !status.ok()) {
      return StorageError(base::WithContext(
          status, absl::StrCat("\"", base::Printable(entry.path), "\"")));
    }
  }
  return absl::OkStatus();
}

absl::Status LayerWriter::WriteContent(int fd, const LayerEntry& entry,
                                       EntryContent& content) {
  uint64_t written_to = 0;
  while (true) {
    ASSIGN_OR_RETURN(const TarReader::Block block, content.Read());
    if (block.bytes.empty()) break;
    RETURN_IF_ERROR(Admit((block.bytes.size() + kBlockBytes - 1) / kBlockBytes *
                          kBlockBytes));
    if (absl::Status status = WriteAt(fd, block.bytes, block.offset);
        !status.ok()) {
      return StorageError(base::WithContext(
          status, absl::StrCat("\"", base::Printable(entry.path), "\"")));
    }
    written_to = block.offset + block.bytes.size();
  }
  // The file ends with a hole.
  if (written_to < entry.bytes &&
      ftruncate(fd, static_cast<off_t>(entry.bytes)) != 0) {
    return Fail("extend", entry);
  }
  return absl::OkStatus();
}

absl::Status LayerWriter::WriteDirectory(const LayerEntry& entry) {
  if (entry.path.empty()) {
    root_ = entry;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(int parent, EnterParent(entry));
  const char* name = NameOf(entry.path);
  RETURN_IF_ERROR(Admit(kDirectoryBytes));
  written_.disk_bytes += kDirectoryBytes;
  if (mkdirat(parent, name, 0700) != 0) {
    if (errno != EEXIST) return Fail("mkdir", entry);
    struct stat st;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
      return Fail("stat", entry);
    }
    if (!S_ISDIR(st.st_mode)) {
      ASSIGN_OR_RETURN(parent, Replace(entry));
      if (mkdirat(parent, name, 0700) != 0) return Fail("mkdir", entry);
      RETURN_IF_ERROR(MakeOpaque(parent, entry));
    }
  }
  return SetDirectoryMetadata(parent, entry);
}

absl::Status LayerWriter::SetDirectoryMetadata(int parent,
                                               const LayerEntry& entry) {
  const char* name = NameOf(entry.path);
  if (options_.owners.keep &&
      fchownat(parent, name, options_.owners.OnDisk(entry.uid),
               options_.owners.OnDisk(entry.gid), AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("chown", entry);
  }
  if (!entry.attributes.empty()) {
    ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(parent, name));
    RETURN_IF_ERROR(SetAttributes(fd.get(), entry));
  }
  if (fchmodat(parent, name, entry.mode, 0) != 0) return Fail("chmod", entry);
  const timespec times[2] = {entry.mtime, entry.mtime};
  if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("set times of", entry);
  }
  stack_.SetExplicit(BaseName(entry.path));
  return absl::OkStatus();
}

absl::Status LayerWriter::MakeOpaque(int parent, const LayerEntry& entry) {
  ASSIGN_OR_RETURN(const UniqueFd fd,
                   OpenDirectoryAt(parent, NameOf(entry.path)));
  return StorageError(SetOpaque(fd.get()));
}

absl::Status LayerWriter::WriteSymlink(const LayerEntry& entry) {
  ASSIGN_OR_RETURN(int parent, EnterParent(entry));
  const char* name = NameOf(entry.path);
  int result = symlinkat(entry.link.c_str(), parent, name);
  if (result != 0 && errno == EEXIST) {
    ASSIGN_OR_RETURN(parent, Replace(entry));
    result = symlinkat(entry.link.c_str(), parent, name);
  }
  if (result != 0) return Fail("symlink", entry);
  if (options_.owners.keep &&
      fchownat(parent, name, options_.owners.OnDisk(entry.uid),
               options_.owners.OnDisk(entry.gid), AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("chown", entry);
  }
  const timespec times[2] = {entry.mtime, entry.mtime};
  if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("set times of", entry);
  }
  return absl::OkStatus();
}

absl::Status LayerWriter::WriteHardLink(const LayerEntry& entry) {
  absl::StatusOr<UniqueFd> target_parent = fs::OpenInRoot(
      stack_.root(), JoinPath(Parent(entry.link), "."), O_PATH | O_DIRECTORY);
  if (absl::IsNotFound(target_parent.status())) return LeaveToLower(entry);
  if (!target_parent.ok()) {
    return BadLink("whose path is not one of directories", entry);
  }
  struct stat st;
  if (fstatat(target_parent->get(), NameOf(entry.link), &st,
              AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT) return Fail("stat the target of", entry);
    return LeaveToLower(entry);
  }
  if (S_ISDIR(st.st_mode)) return BadLink("which is a directory", entry);
  if (IsWhiteout(st)) return BadLink("which the layer removes", entry);
  return Link(target_parent->get(), entry);
}

absl::Status LayerWriter::Link(int target_parent, const LayerEntry& entry) {
  ASSIGN_OR_RETURN(int parent, EnterParent(entry));
  const char* from = NameOf(entry.link);
  const char* to = NameOf(entry.path);
  int result = linkat(target_parent, from, parent, to, 0);
  if (result != 0 && errno == EEXIST) {
    ASSIGN_OR_RETURN(parent, Replace(entry));
    result = linkat(target_parent, from, parent, to, 0);
  }
  if (result == 0) return absl::OkStatus();
  // EPERM means that a directory on the entry's way has taken its place.
  if (errno == ENOENT || errno == EPERM) {
    return BadLink("which it replaces", entry);
  }
  if (errno == EMLINK) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(options_.label, ": \"", base::Printable(entry.link),
                     "\" has more hard links than the file "
                     "system allows"));
  }
  return Fail("link", entry);
}

absl::Status LayerWriter::LeaveToLower(const LayerEntry& entry) {
  link_bytes_ += entry.path.size() + entry.link.size();
  if (written_.references.links.size() >= options_.limits.lower_references ||
      link_bytes_ > options_.limits.lower_reference_bytes) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(options_.label, ": has more than ",
                     options_.limits.lower_references,
                     " hard links to files of lower layers, or their "
                     "names are longer than ",
                     options_.limits.lower_reference_bytes, " bytes",
                     NameLimit("max_lower_references")));
  }
  RETURN_IF_ERROR(Replace(entry).status());
  written_.references.links.push_back({entry.path, entry.link});
  return absl::OkStatus();
}

absl::Status LayerWriter::WriteWhiteout(const LayerEntry& entry) {
  const absl::StatusOr<int> parent = EnterParent(entry);
  // Where a file has replaced a directory, umoci also hides what was in that.
  // The file does so already.
  if (CategoryOf(parent.status()) == ErrorCategory::kMalformed) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(parent.status());
  const absl::Status made = MakeWhiteout(*parent, NameOf(entry.path));
  if (!absl::IsAlreadyExists(made)) return StorageError(made);
  struct stat st;
  if (fstatat(*parent, NameOf(entry.path), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("stat", entry);
  }
  // What this layer has stays. Anything but a directory hides what is below it
  // anyway.
  if (!S_ISDIR(st.st_mode)) return absl::OkStatus();
  stack_.SetExplicit(BaseName(entry.path));
  return MakeOpaque(*parent, entry);
}

absl::Status LayerWriter::WriteOpaque(const LayerEntry& entry) {
  if (entry.path.empty()) {
    // overlayfs does not look for the mark at its root.
    written_.references.opaque_root = true;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const int directory, stack_.Enter(entry.path));
  return StorageError(SetOpaque(directory));
}

absl::Status LayerWriter::SetRootMetadata() {
  const LayerEntry root = root_.value_or(LayerEntry{.mode = 0755});
  if (options_.owners.keep &&
      fchown(stack_.root(), options_.owners.OnDisk(root.uid),
             options_.owners.OnDisk(root.gid)) != 0) {
    return Fail("chown", root);
  }
  RETURN_IF_ERROR(SetAttributes(stack_.root(), root));
  if (fchmod(stack_.root(), root.mode) != 0) return Fail("chmod", root);
  const timespec times[2] = {root.mtime, root.mtime};
  if (futimens(stack_.root(), times) != 0) return Fail("set times of", root);
  return absl::OkStatus();
}

absl::StatusOr<LayerSink::Written> LayerWriter::Finish() {
  RETURN_IF_ERROR(stack_.Leave());
  RETURN_IF_ERROR(SetRootMetadata());
  written_.directory = directory_;
  written_.references.implicit_directories = stack_.TakeImplicit();
  return std::move(written_);
}

}  // namespace faas::image
