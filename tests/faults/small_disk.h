#ifndef FAAS_TESTS_FAULTS_SMALL_DISK_H_
#define FAAS_TESTS_FAULTS_SMALL_DISK_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

// An ext4 file system of its own in a file of the private host, to be filled
// and broken. Mounted in the private mounts only; it goes with the object, or
// with the private host.
class SmallDisk {
 public:
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Make(uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Where it is mounted.
  const std::string& path() const { return path_; }
  uint64_t FreeBytes() const;

  // Takes all that is free but `leave_bytes`; Release gives it back.
  absl::Status Fill(uint64_t leave_bytes = 0);
  void Release();

  // The disk as it is after the power has failed at this moment: what is only
  // in memory is not on it, as the kernel writes nothing before it is asked to.
  absl::StatusOr<std::unique_ptr<SmallDisk>> CutPower() const;

  // An error of the file system, after which the kernel refuses all changes of
  // it, also by those who have files open: what a dying disk does.
  absl::Status MakeReadOnly();

 private:
  explicit SmallDisk(std::string directory);
  // With a directory, and not mounted.
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Begin();
  absl::Status Mount();
  absl::Status Grow(int file, off_t largest, uint64_t leave_bytes) const;
  std::string Image() const { return directory_ + "/image"; }
  std::string Ballast() const { return path_ + "/ballast"; }

  const std::string directory_;
  const std::string path_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAULTS_SMALL_DISK_H_
