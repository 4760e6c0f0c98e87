#ifndef FAAS_IMAGE_LAYER_LAYER_WRITER_H_
#define FAAS_IMAGE_LAYER_LAYER_WRITER_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"
#include "image/layer/directory_stack.h"
#include "image/layer/layer_entry.h"
#include "image/layer/layer_sink.h"
#include "image/limits.h"
#include "image/owners.h"

namespace faas::image {

// A LayerWriter writes one layer into a directory of its own, as overlayfs
// takes it with the mount option `userxattr` (see overlay.h). Modes, times,
// attributes and, as Owners says, owners are the entries', whatever the umask
// is. One thread at a time may use it.
//
// A later entry replaces an earlier one of the same path, with two exceptions:
// a directory entry for a directory only sets its metadata, and a whiteout or
// an opaque mark hides what layers below have, never what this one has. A
// directory that comes after anything else at its path is opaque.
class LayerWriter : public LayerSink {
 public:
  struct Options {
    std::string label;  // Names the layer in errors.
    Owners owners;
    Limits limits;
    // Called before so many bytes are written. An error ends the writing. May
    // be empty.
    std::function<absl::Status(uint64_t bytes)> admit;
  };

  // Makes `directory`, which must not exist.
  static absl::StatusOr<std::unique_ptr<LayerWriter>> Create(
      const std::string& directory, const Options& options);

  // Writes an entry. Errors: those of EntryContent::Read and of Options::admit,
  // kUnsafeLink and kMalformed for entries that do not go with earlier ones,
  // kLimit, kStorage.
  absl::Status Add(const LayerEntry& entry, EntryContent& content) override;

  absl::StatusOr<Written> Finish() override;

 private:
  LayerWriter(const std::string& directory, const Options& options,
              base::UniqueFd root);

  absl::Status WriteFile(const LayerEntry& entry, EntryContent& content);
  absl::Status WriteContent(int fd, const LayerEntry& entry,
                            EntryContent& content);
  absl::Status SetFileMetadata(int fd, const LayerEntry& entry);
  absl::Status WriteDirectory(const LayerEntry& entry);
  absl::Status WriteSymlink(const LayerEntry& entry);
  absl::Status WriteHardLink(const LayerEntry& entry);
  absl::Status Link(int target_parent, const LayerEntry& entry);
  absl::Status LeaveToLower(const LayerEntry& entry);
  absl::Status WriteWhiteout(const LayerEntry& entry);
  absl::Status WriteOpaque(const LayerEntry& entry);

  // Enters the entry's parent and announces a change in it. Returns the parent.
  absl::StatusOr<int> EnterParent(const LayerEntry& entry);
  // Does the same, and removes what is at the entry's path.
  absl::StatusOr<int> Replace(const LayerEntry& entry);
  absl::Status MakeOpaque(int parent, const LayerEntry& entry);
  absl::Status SetDirectoryMetadata(int parent, const LayerEntry& entry);
  absl::Status SetRootMetadata();
  absl::Status Fail(absl::string_view what, const LayerEntry& entry) const;
  absl::Status BadLink(absl::string_view why, const LayerEntry& entry) const;

  absl::Status Admit(uint64_t bytes) const {
    return options_.admit ? options_.admit(bytes) : absl::OkStatus();
  }
  bool MustChown(const struct stat& st, const LayerEntry& entry) const;
  absl::Status SetAttributes(int fd, const LayerEntry& entry);

  const std::string directory_;
  const Options options_;
  DirectoryStack stack_;
  // The entry for the root, if there was one. Finish() applies it.
  std::optional<LayerEntry> root_;
  Written written_;
  // The bytes of the names of links to lower layers.
  size_t link_bytes_ = 0;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_LAYER_WRITER_H_
