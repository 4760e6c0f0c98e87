#ifndef FAAS_TESTING_TAR_WRITER_H_
#define FAAS_TESTING_TAR_WRITER_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::testing {

// A TarEntry is one member of a tar archive. Nothing is checked, so that tests
// can write what an honest program would not.
struct TarEntry {
  // The path as it stands in the archive.
  std::string path;
  // '0' file, '1' hard link, '2' symlink, '3' character device, '4' block
  // device, '5' directory, '6' named pipe, or any other byte.
  char type = '0';
  std::string data;
  // The target of a hard link or symlink.
  std::string target;
  mode_t mode = 0644;
  uint64_t uid = 0;
  uint64_t gid = 0;
  std::string user_name;
  std::string group_name;
  // Seconds since the Unix epoch. Negative ones go into a pax header.
  int64_t mtime = 0;
  // The numbers of a device.
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // More pax records, e.g. {"SCHILY.xattr.user.x", "1"}.
  std::map<std::string, std::string> pax;
  // The bytes of the header's size field, in place of the size of `data`.
  std::optional<std::string> raw_size;
  bool good_checksum = true;
};

TarEntry FileEntry(absl::string_view path, absl::string_view data,
                   mode_t mode = 0644);
TarEntry DirectoryEntry(absl::string_view path, mode_t mode = 0755);
TarEntry SymlinkEntry(absl::string_view path, absl::string_view target);
TarEntry HardLinkEntry(absl::string_view path, absl::string_view target);
// `type` is '3' (character) or '4' (block).
TarEntry DeviceEntry(absl::string_view path, char type, uint32_t device_major,
                     uint32_t device_minor);

// Returns the 512-byte ustar header of `entry`. What does not fit is cut off.
std::string TarHeader(const TarEntry& entry);

// Corrects the checksum of a header that a test has altered.
void SetTarChecksum(std::string* header);

// How a path or a link target is written that a ustar header cannot hold.
enum class LongNames {
  // As records of a pax header.
  kPax,
  // As entries of type 'L' and 'K', which GNU tar writes by default.
  kGnu,
};

// A TarWriter makes the bytes of a tar archive in memory: ustar headers, and
// pax headers where they are needed. Not thread-safe.
//
//   std::string tar =
//       TarWriter().Dir("etc/").File("etc/motd", "hello\n").Finish();
class TarWriter {
 public:
  explicit TarWriter(LongNames long_names = LongNames::kPax)
      : long_names_(long_names) {}

  TarWriter& Add(const TarEntry& entry);
  TarWriter& File(absl::string_view path, absl::string_view data,
                  mode_t mode = 0644);
  TarWriter& Dir(absl::string_view path, mode_t mode = 0755);
  TarWriter& Symlink(absl::string_view path, absl::string_view target);
  TarWriter& HardLink(absl::string_view path, absl::string_view target);
  // Adds an empty file; `path` has the whiteout's prefix ".wh." in it.
  TarWriter& Whiteout(absl::string_view path);

  // Adds bytes as they are: damaged headers, garbage, missing padding.
  TarWriter& Raw(absl::string_view bytes);

  // Returns the archive so far, without the mark at its end.
  const std::string& bytes() const { return bytes_; }

  // Returns the archive so far and the two blocks of zeros that end one.
  std::string Finish() const;

 private:
  void AddPadded(const TarEntry& entry);
  void AddLongNames(const TarEntry& entry);

  LongNames long_names_;
  std::string bytes_;
};

// Returns a complete archive of `entries`.
std::string MakeTar(const std::vector<TarEntry>& entries);

}  // namespace faas::testing

#endif  // FAAS_TESTING_TAR_WRITER_H_
