#ifndef FAAS_FAAS_CLI_OCI_DIRECTORY_H_
#define FAAS_FAAS_CLI_OCI_DIRECTORY_H_

#include <archive.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "image/byte_source.h"

namespace faas::cli {

// An OciDirectory reads an OCI image layout in a directory, as umoci and
// `skopeo copy ... oci:` write it, as the tar that `faas new` sends. It makes
// the tar while it is read. Documents come first, and of the blobs only those
// that the index leads to.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
class OciDirectory : public image::ByteSource {
 public:
  // Opens a layout. If it holds several images, the tar has only the one that
  // `reference` names (by the annotation org.opencontainers.image.ref.name), or
  // all of them if `reference` is empty. Returns INVALID_ARGUMENT if the
  // directory is not an OCI image layout.
  static absl::StatusOr<std::unique_ptr<OciDirectory>> Open(
      const std::string& directory, const std::string& reference);

  absl::StatusOr<absl::string_view> Next() override;

  // Returns the size of the files, without the tar around them.
  uint64_t total_bytes() const { return total_bytes_; }

 private:
  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
  };

  explicit OciDirectory(std::string directory);
  absl::Status AddFile(const std::string& name);
  // Adds the files that the document `name` leads to. `depth` counts nested
  // indexes.
  absl::Status AddReferences(const std::string& name,
                             const std::string& reference, int depth);
  absl::Status BeginFile();
  absl::Status Fail(absl::string_view what) const;

  const std::string directory_;
  std::vector<std::string> files_;
  // The elements of files_.
  std::set<std::string> names_;
  uint64_t total_bytes_ = 0;
  std::unique_ptr<archive, Free> archive_;
  // Bytes that the archive has written and nobody has read yet.
  std::string out_;
  // The index, in files_, of the file that follows file_.
  size_t next_file_ = 0;
  // The file that is being sent.
  base::UniqueFd file_;
  bool closed_ = false;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_OCI_DIRECTORY_H_
