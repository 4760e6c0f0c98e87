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

// An OCI image layout in a directory, as umoci and `skopeo copy ... oci:` write
// it, as the tar that `faas new` sends: made while it is read, documents first,
// with the blobs that its index leads to and nothing else.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
class OciDirectory : public image::ByteSource {
 public:
  // Of a layout with several images, only what `reference` (the annotation
  // org.opencontainers.image.ref.name) names is sent, or all if it is empty.
  // INVALID_ARGUMENT if the directory is no such layout.
  static absl::StatusOr<std::unique_ptr<OciDirectory>> Open(
      const std::string& directory, const std::string& reference);

  absl::StatusOr<absl::string_view> Next() override;

  // Of the files, without the tar around them.
  uint64_t total_bytes() const { return total_bytes_; }

 private:
  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
  };

  explicit OciDirectory(std::string directory);
  absl::Status AddFile(const std::string& name);
  // What the document `name` leads to; `depth` of nested indexes.
  absl::Status AddReferences(const std::string& name,
                             const std::string& reference, int depth);
  absl::Status BeginFile();
  absl::Status Fail(absl::string_view what) const;

  const std::string directory_;
  std::vector<std::string> files_;
  std::set<std::string> names_;  // of files_
  uint64_t total_bytes_ = 0;
  std::unique_ptr<archive, Free> archive_;
  std::string out_;       // what the archive has written
  size_t next_file_ = 0;  // of files_
  base::UniqueFd file_;   // the one before it, while it is sent
  bool closed_ = false;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_OCI_DIRECTORY_H_
