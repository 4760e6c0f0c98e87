#include "tests/faults/small_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/private_host.h"

namespace faas::testing {
namespace {

constexpr off_t kBlock = 1024;
constexpr int kBallastFiles = 32;

absl::Status Run(const std::vector<std::string>& argv) {
  const CommandResult result = RunCommand(argv);
  if (result.exit_code == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(argv[0], ": ", result.err));
}

}  // namespace

SmallDisk::SmallDisk(std::string directory)
    : directory_(std::move(directory)), path_(directory_ + "/mounted") {}

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Begin() {
  std::string directory = absl::StrCat(PrivateHostDirectory(), "/disk-XXXXXX");
  // Containers pass through the directory with an id of their own.
  if (mkdtemp(directory.data()) == nullptr ||
      chmod(directory.c_str(), 0711) != 0) {
    return base::ErrnoStatus("mkdtemp");
  }
  auto disk = absl::WrapUnique(new SmallDisk(directory));
  RETURN_IF_ERROR(fs::MakeDirectories(disk->path_, 0755));
  return disk;
}

absl::Status SmallDisk::Mount() {
  return Run(
      {"mount", "-o", "loop,errors=remount-ro,commit=3600", Image(), path_});
}

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Make(uint64_t bytes) {
  ASSIGN_OR_RETURN(auto disk, Begin());
  RETURN_IF_ERROR(
      Run({"truncate", absl::StrCat("--size=", bytes), disk->Image()}));
  // No blocks are kept for root, which this test is, and nothing is written
  // later.
  RETURN_IF_ERROR(
      Run({"mkfs.ext4", "-q", "-F", "-m", "0", "-b", absl::StrCat(kBlock), "-E",
           "lazy_itable_init=0,lazy_journal_init=0", disk->Image()}));
  RETURN_IF_ERROR(disk->Mount());
  return disk;
}

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::CutPower() const {
  ASSIGN_OR_RETURN(auto after, Begin());
  RETURN_IF_ERROR(Run({"cp", "--sparse=always", Image(), after->Image()}));
  RETURN_IF_ERROR(after->Mount());
  return after;
}

SmallDisk::~SmallDisk() {
  umount2(path_.c_str(), MNT_DETACH);
  fs::RemoveTree(directory_).IgnoreError();
}

uint64_t SmallDisk::FreeBytes() const {
  struct statvfs info;
  if (statvfs(path_.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

absl::Status SmallDisk::Fill(uint64_t leave_bytes) {
  // The first file takes nearly everything. Its tree of extents grows with it,
  // so the last blocks may not suffice for it. The other files take those, as
  // they need no more than the block itself. All files are created before there
  // is no room for their names.
  RETURN_IF_ERROR(fs::MakeDirectories(Ballast(), 0700));
  std::vector<base::UniqueFd> files;
  for (int i = 0; i < kBallastFiles; ++i) {
    ASSIGN_OR_RETURN(files.emplace_back(),
                     fs::Open(absl::StrCat(Ballast(), "/", i),
                              O_WRONLY | O_CREAT | O_TRUNC));
  }
  uint64_t free;
  do {
    // The blocks of removed files are free when their removal is committed. If
    // that were left to the next fsync of another file, there would be room
    // again.
    if (syncfs(files[0].get()) != 0) return base::ErrnoStatus("syncfs");
    free = FreeBytes();
    for (const base::UniqueFd& file : files) {
      const off_t largest = &file == files.data() ? off_t{16} << 20 : kBlock;
      RETURN_IF_ERROR(Grow(file.get(), largest, leave_bytes));
    }
    if (syncfs(files[0].get()) != 0) return base::ErrnoStatus("syncfs");
  } while (FreeBytes() < free);
  if (FreeBytes() < leave_bytes + kBlock) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(FreeBytes(), " bytes of the disk could not be filled"));
}

// Takes blocks in steps of `largest` and less, as long as there is room.
absl::Status SmallDisk::Grow(int file, off_t largest,
                             uint64_t leave_bytes) const {
  struct stat st;
  if (fstat(file, &st) != 0) return base::ErrnoStatus("fstat");
  for (off_t step = largest; step >= kBlock;) {
    const bool room = FreeBytes() >= leave_bytes + static_cast<uint64_t>(step);
    if (room && posix_fallocate(file, st.st_size, step) == 0) {
      st.st_size += step;
    } else {
      step /= 2;
    }
  }
  return absl::OkStatus();
}

void SmallDisk::Release() { fs::RemoveTree(Ballast()).IgnoreError(); }

absl::Status SmallDisk::MakeReadOnly() {
  struct stat st;
  if (stat(path_.c_str(), &st) != 0) return base::ErrnoStatus("stat disk");
  ASSIGN_OR_RETURN(
      const std::string device,
      fs::RealPath(absl::StrCat("/sys/dev/block/", major(st.st_dev), ":",
                                minor(st.st_dev))));
  const std::string name = device.substr(device.find_last_of('/') + 1);
  const std::string trigger =
      absl::StrCat("/sys/fs/ext4/", name, "/trigger_fs_error");
  ASSIGN_OR_RETURN(const base::UniqueFd fd, fs::Open(trigger, O_WRONLY));
  return fs::WriteFd(fd.get(), "test");
}

}  // namespace faas::testing
