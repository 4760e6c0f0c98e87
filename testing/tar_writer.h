#ifndef FAAS_TESTING_TAR_WRITER_H_
#define FAAS_TESTING_TAR_WRITER_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::testing {

// One member of a tar archive, legal or not: nothing is checked, so that tests
// can write what an honest program would not.
struct TarEntry {
  // As it is to stand in the archive. Longer than a ustar header holds, it
  // goes into a pax header.
  std::string path;
  // '0' file, '1' hard link, '2' symlink, '3' character device, '4' block
  // device, '5' directory, '6' fifo, or any other byte.
  char type = '0';
  mode_t mode = 0644;
  uint64_t uid = 0;
  uint64_t gid = 0;
  std::string user_name;
  std::string group_name;
  // Seconds since the Unix epoch; negative ones go into a pax header.
  int64_t mtime = 0;
  // Of hard links and symlinks.
  std::string target;
  std::string data;
  // Of devices.
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // More pax records, e.g. {"SCHILY.xattr.user.x", "1"}.
  std::map<std::string, std::string> pax;
};

TarEntry FileEntry(absl::string_view path, absl::string_view data,
                   mode_t mode = 0644);
TarEntry DirectoryEntry(absl::string_view path, mode_t mode = 0755);
TarEntry SymlinkEntry(absl::string_view path, absl::string_view target);
TarEntry HardLinkEntry(absl::string_view path, absl::string_view target);
// `type` is '3' (character) or '4' (block).
TarEntry DeviceEntry(absl::string_view path, char type, uint32_t device_major,
                     uint32_t device_minor);

// The 512-byte ustar header of `entry`, with the right checksum. What does not
// fit is cut off.
std::string TarHeader(const TarEntry& entry);

// Corrects the checksum of a header that a test has altered.
void SetTarChecksum(std::string* header);

// Writes a ustar archive with pax headers where they are needed. Not
// thread-safe.
//
//   std::string tar;
//   TarWriter writer(&tar);
//   CHECK_OK(writer.Add(FileEntry("etc/motd", "hello\n")));
//   CHECK_OK(writer.Finish());
class TarWriter {
 public:
  // Appends to `out`, which outlives the writer.
  explicit TarWriter(std::string* out) : out_(out) {}
  // Writes to `fd`, which outlives the writer.
  explicit TarWriter(int fd) : fd_(fd) {}

  // Errors are those of write(2); there are none in memory.
  absl::Status Add(const TarEntry& entry);

  // Adds bytes as they are: damaged headers, garbage, missing padding.
  absl::Status AddRaw(absl::string_view bytes);

  // Writes the two zero blocks that end an archive.
  absl::Status Finish();

 private:
  absl::Status AddPadded(absl::string_view data);

  std::string* out_ = nullptr;
  int fd_ = -1;
};

// A complete archive of `entries`, in memory.
std::string MakeTar(const std::vector<TarEntry>& entries);

}  // namespace faas::testing

#endif  // FAAS_TESTING_TAR_WRITER_H_
