#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/victim_image.h"
#include "tests/benchmark/parts.h"

namespace faas::benchmark {
namespace {

constexpr int kRuns = 5;
constexpr char kDirectory[] = "/run/benchmark-engines";
constexpr char kImage[] =
    "victim:latest";  // The tag that VictimImage gives it.

// A program that runs images. `words` are the program and its options, which
// stand before the words of the two commands.
struct Engine {
  std::string name;
  std::vector<std::string> words;
  std::vector<std::string> load, run;
};

std::vector<Engine> Engines(const std::string& archive) {
  return {
      {"docker run",
       {"docker"},
       {"load", "-i", archive},
       {"run", "--rm", "--network=none", kImage}},
      {"podman run",
       {"podman", absl::StrCat("--root=", kDirectory, "/root"),
        absl::StrCat("--runroot=", kDirectory, "/run"),
        "--cgroup-manager=cgroupfs", "--events-backend=none"},
       {"load", "-i", archive},
       {"run", "--rm", "--network=none", kImage}},
      {"ctr run",
       {"ctr"},
       {"images", "import", archive},
       {"run", "--rm", absl::StrCat("docker.io/library/", kImage),
        "benchmark-engines"}},
  };
}

testing::CommandResult Do(const Engine& engine,
                          const std::vector<std::string>& arguments) {
  std::vector<std::string> command = engine.words;
  command.insert(command.end(), arguments.begin(), arguments.end());
  return testing::RunCommand(command);
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

absl::StatusOr<Part> MeasureEngines(const Contestants&, const PartOptions&) {
  Part part = {.name = "engines",
               .title =
                   "a container of the same image that ends at once, by "
                   "their commands (median)"};
  RETURN_IF_ERROR(fs::MakeDirectories(kDirectory, 0700));
  const std::string archive = absl::StrCat(kDirectory, "/image.tar");
  // All of the programs can read this layout.
  RETURN_IF_ERROR(
      fs::WriteFileDurably(archive,
                           testing::VictimImage({"exit-before", "0"})
                               .Save(testing::Layout::kDocker20),
                           0600));
  for (const Engine& engine : Engines(archive)) {
    const testing::CommandResult loaded = Do(engine, engine.load);
    if (loaded.exit_code != 0) {
      part.title += absl::StrCat("\n  ", engine.name,
                                 " skipped: ", FirstLine(loaded.err));
      continue;
    }
    Round round;
    for (int i = 0; i < kRuns; ++i) {
      const absl::Time begin = absl::Now();
      const testing::CommandResult result = Do(engine, engine.run);
      if (result.exit_code != 0) {
        part.title += absl::StrCat("\n  ", engine.name,
                                   " failed: ", FirstLine(result.err));
        break;
      }
      round.times.push_back(absl::Now() - begin);
    }
    if (!round.times.empty()) {
      part.figures.push_back({engine.name, Ms(round.MedianTime()), "ms"});
    }
  }
  return part;
}

}  // namespace faas::benchmark
