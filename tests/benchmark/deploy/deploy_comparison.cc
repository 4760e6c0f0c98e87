#include "tests/benchmark/deploy/deploy_comparison.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/platform.h"
#include "testing/private_host.h"

namespace faas::benchmark {
namespace {

using testing::CommandResult;
using testing::Platform;

constexpr absl::Duration kCommandTimeout = absl::Minutes(5);

// Unpacks the outer archive, then the layers in it, and syncs: $1 is the
// program, $2 the archive, $3 a new directory.
constexpr char kUnpack[] = R"(set -e
mkdir -p "$3/outer" "$3/inner"
"$1" -xf "$2" -C "$3/outer"
find "$3/outer" -type f -size +64k | while read -r layer; do
  "$1" -xf "$layer" -C "$3/inner"
done
sync -f "$3/inner"
)";

absl::StatusOr<absl::Duration> TimeUnpacking(const std::string& program,
                                             const std::string& archive,
                                             const std::string& directory) {
  const absl::Time start = absl::Now();
  const CommandResult result = testing::RunCommand(
      {"sh", "-c", kUnpack, "unpack", program, archive, directory}, "",
      {.timeout = kCommandTimeout});
  if (result.exit_code != 0) {
    return absl::InternalError(absl::StrCat(program, ": ", result.err));
  }
  return absl::Now() - start;
}

absl::StatusOr<absl::Duration> TimeDeploy(const Platform& platform,
                                          const std::string& name,
                                          const std::string& archive) {
  const absl::Time start = absl::Now();
  const CommandResult result = platform.Faas({"new", name, archive});
  if (result.exit_code != 0) return absl::InternalError(result.err);
  return absl::Now() - start;
}

// What a user has at hand to do no more than that.
absl::StatusOr<absl::Duration> TimeSha256sum(const std::string& archive) {
  const absl::Time start = absl::Now();
  const CommandResult result = testing::RunCommand({"sha256sum", archive});
  if (result.exit_code != 0) return absl::InternalError(result.err);
  return absl::Now() - start;
}

// "VmRSS", "VmHWM" of /proc/<pid>/status.
uint64_t MemoryOf(pid_t pid, absl::string_view field) {
  const auto status =
      fs::ReadFile(absl::StrCat("/proc/", pid, "/status"), 1 << 16);
  uint64_t kilobytes = 0;
  for (absl::string_view line : absl::StrSplit(status.value_or(""), '\n')) {
    if (!absl::StartsWith(line, field)) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    static_cast<void>(absl::SimpleAtoi(words[1], &kilobytes));
  }
  return kilobytes * 1024;
}

class DeployBenchmark {
 public:
  explicit DeployBenchmark(const DeployOptions& options) : options_(options) {}

  absl::StatusOr<std::vector<DeploySeries>> Run() {
    RETURN_IF_ERROR(platform_.Start());
    std::vector<DeploySeries> all;
    if (!options_.archive.empty()) {
      all.push_back({.name = options_.archive, .reference = "bsdtar"});
    } else {
      for (const Compression c :
           {Compression::kPlain, Compression::kGzip, Compression::kZstd}) {
        all.push_back(
            {.name = NameOf(c),
             .reference = c == Compression::kPlain ? "tar" : "bsdtar"});
      }
    }
    for (int round = 0; round < options_.rounds; ++round) {
      ASSIGN_OR_RETURN(const std::vector<std::string> archives,
                       MakeArchives(round));
      for (size_t i = 0; i < all.size(); ++i) {
        RETURN_IF_ERROR(MeasureOne(archives[i], round, all[i]));
      }
    }
    return all;
  }

 private:
  std::string Path(const std::string& name) {
    return absl::StrCat(testing::PrivateHostDirectory(), "/", name);
  }

  // Of images that nobody has seen before.
  absl::StatusOr<std::vector<std::string>> MakeArchives(int round) {
    if (!options_.archive.empty()) return std::vector{options_.archive};
    std::vector<std::string> paths;
    for (const Compression c :
         {Compression::kPlain, Compression::kGzip, Compression::kZstd}) {
      const SampleImage image = {
          .seed = static_cast<uint32_t>(3 * round + paths.size() + 1),
          .bytes = options_.image_bytes,
          .files = options_.image_files};
      const std::string path = Path(absl::StrCat(NameOf(c), round, ".tar"));
      const std::string plain = Path("temporary.tar");
      RETURN_IF_ERROR(
          WritePlainArchive(image, c == Compression::kPlain ? path : plain));
      if (c != Compression::kPlain) RETURN_IF_ERROR(Compress(plain, c, path));
      paths.push_back(path);
    }
    return paths;
  }

  // Everything goes to new directories, and nothing is removed meanwhile: both
  // would be slow soon after. Who is first changes with the round.
  absl::Status MeasureOne(const std::string& archive, int round,
                          DeploySeries& series) {
    series.archive_bytes = std::filesystem::file_size(archive);
    // Into the page cache, for all.
    ASSIGN_OR_RETURN(absl::Duration hash, TimeToHash(archive));
    for (int turn = 0; turn < 2; ++turn) {
      if ((turn + round) % 2 == 0) {
        RETURN_IF_ERROR(Deploy(archive, series));
      } else {
        ASSIGN_OR_RETURN(
            const absl::Duration unpack,
            TimeUnpacking(series.reference, archive, NewPath("unpacked")));
        series.unpack.push_back(unpack);
      }
    }
    ASSIGN_OR_RETURN(hash, TimeToHash(archive));
    series.hash.push_back(hash);
    ASSIGN_OR_RETURN(const absl::Duration second,
                     TimeDeploy(platform_, NewName(), archive));
    series.second.push_back(second);
    ASSIGN_OR_RETURN(const absl::Duration sha256sum, TimeSha256sum(archive));
    series.sha256sum.push_back(sha256sum);
    ASSIGN_OR_RETURN(const Phases phases,
                     MeasurePhases(archive, NewPath("phases")));
    series.phases.push_back(phases);
    return options_.archive.empty() ? absl::OkStatus() : Forget();
  }

  absl::Status Deploy(const std::string& archive, DeploySeries& series) {
    const pid_t registryd = platform_.DaemonPid("registryd");
    const std::string clear = absl::StrCat("/proc/", registryd, "/clear_refs");
    ASSIGN_OR_RETURN(const base::UniqueFd fd, fs::Open(clear, O_WRONLY));
    RETURN_IF_ERROR(fs::WriteFd(fd.get(), "5"));  // the peak begins anew
    const uint64_t before = MemoryOf(registryd, "VmRSS");
    const size_t log_begin = platform_.log().Size();
    ASSIGN_OR_RETURN(const absl::Duration deploy,
                     TimeDeploy(platform_, NewName(), archive));
    const uint64_t peak = MemoryOf(registryd, "VmHWM");
    platform_.log().WaitFor("The extractor took", testing::kSoon, log_begin);
    // What registryd grew by, and all of the extractor.
    const uint64_t memory =
        (peak > before ? peak - before : 0) +
        static_cast<uint64_t>(platform_.LargestExtractor(log_begin));
    series.memory_bytes = std::max(series.memory_bytes, memory);
    series.deploy.push_back(deploy);
    return absl::OkStatus();
  }

  // Removes all functions and their layers.
  absl::Status Forget() {
    for (; functions_ > 0; --functions_) {
      platform_.Faas({"rm", absl::StrCat("f", functions_)});
    }
    const CommandResult result = platform_.Faas({"gc"});
    return result.exit_code == 0 ? absl::OkStatus()
                                 : absl::InternalError(result.err);
  }

  std::string NewName() { return absl::StrCat("f", ++functions_); }
  std::string NewPath(const std::string& kind) {
    return Path(absl::StrCat(kind, ++paths_));
  }

  const DeployOptions options_;
  Platform platform_{{.default_deadlines = true}};
  int functions_ = 0;
  int paths_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<DeploySeries>> MeasureDeploys(
    const DeployOptions& options) {
  return DeployBenchmark(options).Run();
}

}  // namespace faas::benchmark
