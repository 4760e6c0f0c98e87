#ifndef FAAS_IMAGE_TESTING_TAR_BUILDER_H_
#define FAAS_IMAGE_TESTING_TAR_BUILDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::image::testing {

// One tar entry, as hostile as a test wants it.
struct TarEntry {
  std::string name;
  char type = '0';  // '0' file, '1' hard link, '2' symlink, '5' directory, ...
  std::string content;
  std::string link;
  uint32_t mode = 0644;
  uint64_t uid = 0;
  uint64_t gid = 0;
  int64_t mtime = 1'000'000'000;
  // pax records, e.g. {"mtime", "1.5"}.
  std::map<std::string, std::string> pax;
  // What the header claims instead of the content's size.
  std::optional<std::string> raw_size;
  bool good_checksum = true;
};

// Makes the bytes of tars: ustar headers, GNU long names where needed.
class TarBuilder {
 public:
  TarBuilder& Add(const TarEntry& entry);
  TarBuilder& File(absl::string_view name, absl::string_view content,
                   uint32_t mode = 0644);
  TarBuilder& Dir(absl::string_view name, uint32_t mode = 0755);
  TarBuilder& Symlink(absl::string_view name, absl::string_view target);
  TarBuilder& HardLink(absl::string_view name, absl::string_view target);
  TarBuilder& Whiteout(absl::string_view path) { return File(path, ""); }
  // Bytes as they are.
  TarBuilder& Raw(absl::string_view bytes);

  // With the two blocks of zeros that end a tar.
  std::string Finish() const;
  // Without.
  const std::string& bytes() const { return bytes_; }

 private:
  void AddHeader(const TarEntry& entry, uint64_t bytes);
  void AddContent(absl::string_view content);

  std::string bytes_;
};

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_TAR_BUILDER_H_
