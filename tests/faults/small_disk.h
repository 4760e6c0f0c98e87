#ifndef FAAS_TESTS_FAULTS_SMALL_DISK_H_
#define FAAS_TESTS_FAULTS_SMALL_DISK_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

// A SmallDisk is an ext4 file system in a file of the private host, which a
// test may fill and break. It is mounted in the private mounts only. It goes
// with the object or with the private host.
class SmallDisk {
 public:
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Make(uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Returns where it is mounted.
  const std::string& path() const { return path_; }
  uint64_t FreeBytes() const;

  // Takes all free space but `leave_bytes`. Release gives it back.
  absl::Status Fill(uint64_t leave_bytes = 0);
  void Release();

  // Returns the disk as it would be if the power failed at this moment. What is
  // only in memory is not on it, as the kernel writes nothing before it is
  // asked to.
  absl::StatusOr<std::unique_ptr<SmallDisk>> CutPower() const;

  // Makes the file system meet an error, as a dying disk would. After it the
  // kernel refuses all changes, also through files that are open.
  absl::Status MakeReadOnly();

 private:
  explicit SmallDisk(std::string directory);
  // Makes a disk that has a directory and is not mounted.
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
