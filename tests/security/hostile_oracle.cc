#include "tests/security/hostile_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/child_process.h"
#include "testing/error_output.h"
#include "testing/http.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "testing/status_matchers.h"
#include "testing/victim_image.h"
#include "testing/wait.h"
#include "tests/security/byte_feed.h"
#include "tests/security/process_memory.h"
#include "tests/security/tree_check.h"

namespace faas::testing {
namespace {

// The answer of the version that must go on serving.
constexpr char kEarlier[] = "earlier version";
std::string EarlierVersion() { return VictimArchive({"say", kEarlier}); }

// Long enough for a bomb on a slow machine.
constexpr absl::Duration kLongest = absl::Minutes(10);

std::vector<std::string> SortedNames(const std::string& directory) {
  std::vector<std::string> names =
      fs::ListDirectory(directory).value_or(std::vector<std::string>());
  std::sort(names.begin(), names.end());
  return names;
}

bool HasControlCharacter(absl::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

// Returns the trees without the layers' records. The record of the victim's
// layer may have got another digest by which the layer is known.
TreeSnapshot LayerTrees(const TreeSnapshot& layers) {
  TreeSnapshot trees;
  for (const auto& [path, description] : layers) {
    if (absl::StrContains(path, "/tree")) trees[path] = description;
  }
  return trees;
}

// Expects one line of error. Beside it there may only be lines that say how far
// the upload is.
void ExpectErrorLine(const CommandResult& result, const HostileCase& hostile) {
  EXPECT_GT(result.exit_code, 0) << result.out;
  EXPECT_LT(result.exit_code, 126) << "killed: " << result.err;
  const std::string error = WithoutProgress(result.err);
  ASSERT_TRUE(absl::EndsWith(error, "\n")) << result.err;
  const absl::string_view line =
      absl::string_view(error).substr(0, error.size() - 1);
  EXPECT_FALSE(HasControlCharacter(line)) << line;
  EXPECT_TRUE(absl::StartsWith(line, "faas: ")) << line;
  EXPECT_TRUE(absl::EndsWith(line, absl::StrCat(" [", hostile.category, "]")))
      << line;
  EXPECT_THAT(error, ::testing::HasSubstr(hostile.says));
  EXPECT_THAT(result.out, ::testing::Not(::testing::HasSubstr("✓")));
}

}  // namespace

absl::StatusOr<std::unique_ptr<HostileOracle>> HostileOracle::Start(
    const std::vector<std::string>& registryd_flags) {
  SentinelPath();
  PlatformOptions options;
  options.registryd_flags = registryd_flags;
  auto platform = std::make_unique<Platform>(options);
  RETURN_IF_ERROR(platform->StartDaemons());
  auto oracle =
      std::unique_ptr<HostileOracle>(new HostileOracle(std::move(platform)));
  RETURN_IF_ERROR(oracle->DeployVictim());
  return oracle;
}

absl::Status HostileOracle::DeployVictim() {
  ASSIGN_OR_RETURN(address_, platform_->Deploy("victim", EarlierVersion()));
  ExpectVictimAnswers();
  // What daemons open or allocate with their first error is no leak.
  platform_->Faas({"update", "victim"}, "no archive");
  return absl::OkStatus();
}

void HostileOracle::ExpectVictimAnswers() const {
  const absl::StatusOr<HttpResponse> response =
      HttpGet(address_, static_cast<uint16_t>(platform_->port()), "/");
  ASSERT_OK(response);
  EXPECT_EQ(response->body, absl::StrCat(kEarlier, "\n"));
}

HostileOracle::Observation HostileOracle::Observe() const {
  Observation seen;
  const std::string& state = platform_->state_dir();
  // No container is left of the previous request.
  EXPECT_TRUE(
      WaitUntil([&] { return SortedNames(state + "/bundles").empty(); }));
  seen.registryd = platform_->DaemonPid("registryd");
  seen.census = platform_->CountSettled();
  seen.sentinel = SnapshotTree(SentinelPath());
  seen.layers = SnapshotTree(state + "/layers");
  // The directory's own times change as other layers come and go.
  seen.layers.erase(state + "/layers");
  seen.registry =
      fs::ReadFile(state + "/registry.json", size_t{64} << 20).value_or("");
  for (const std::string& directory :
       {PrivateHostDirectory(),
        std::filesystem::path(state).parent_path().string(), state,
        state + "/images"}) {
    for (const std::string& name : SortedNames(directory)) {
      seen.names.push_back(absl::StrCat(directory, "/", name));
    }
  }
  return seen;
}

void HostileOracle::ExpectUnharmed(const Observation& before) const {
  const std::string staging = platform_->state_dir() + "/staging";
  WaitUntil([&] { return SortedNames(staging).empty(); });
  EXPECT_THAT(SortedNames(staging), ::testing::IsEmpty());
  EXPECT_EQ(platform_->WaitForCensus(before.census), "");
  const Observation after = Observe();
  EXPECT_EQ(after.registryd, before.registryd);
  EXPECT_EQ(DescribeChanges(before.sentinel, after.sentinel), "");
  EXPECT_EQ(DescribeChanges(before.layers, after.layers), "");
  EXPECT_EQ(after.registry, before.registry);
  EXPECT_EQ(after.names, before.names);
}

CommandResult HostileOracle::Send(
    const HostileCase& hostile, const std::vector<std::string>& command) const {
  const ByteFeed feed(hostile.stream ? hostile.stream
                                     : [&hostile](const ByteSink& sink) {
                                         sink(hostile.archive());
                                       });
  return platform_->FaasFrom(feed.fd(), command, kLongest);
}

void HostileOracle::Refuse(const HostileCase& hostile,
                           const std::vector<std::string>& command) {
  SCOPED_TRACE(absl::StrCat("faas ", command[0], " ", command[1]));
  const Observation before = Observe();
  const auto memory = MemoryWatch::Begin(before.registryd);
  ASSERT_OK(memory);
  const size_t log_begin = platform_->log().Size();
  const CommandResult result = Send(hostile, command);
  const auto growth = memory->PeakGrowth();
  ExpectErrorLine(result, hostile);
  if (result.exit_code == 0) {
    // The cases that follow need the victim as it was.
    platform_->Faas({"update", "victim"}, EarlierVersion());
  }
  ASSERT_OK(growth) << "registryd has ended";
  EXPECT_LT(*growth, kMaxGrowthBytes);
  // The extractor has ended, and the log says how large it was.
  EXPECT_TRUE(platform_->log().WaitFor("The extractor took", kSoon, log_begin));
  const int64_t extractor = platform_->LargestExtractor(log_begin);
  EXPECT_GT(extractor, 0);
  EXPECT_LT(extractor, kMaxExtractorBytes);
  ::testing::Test::RecordProperty("extractor_kib",
                                  static_cast<int>(extractor / 1024));
  ::testing::Test::RecordProperty("registryd_growth_kib",
                                  static_cast<int>(*growth / 1024));
  ExpectVictimAnswers();
  ExpectUnharmed(before);
}

void HostileOracle::ExpectRefused(const HostileCase& hostile) {
  Refuse(hostile, {"update", "victim"});
  if (!hostile.also_new) return;
  Refuse(hostile, {"new", "other"});
  EXPECT_GT(platform_->Faas({"ip", "other"}).exit_code, 0);
}

void HostileOracle::ExpectTaken(const LegalCase& legal) {
  const Observation before = Observe();
  std::vector<std::string> command = {"new", "legal"};
  if (!legal.reference.empty()) {
    command.insert(command.end(), {"--ref", legal.reference});
  }
  const CommandResult created = platform_->Faas(command, legal.archive());
  ASSERT_EQ(created.exit_code, 0) << created.err;
  const CommandResult address = platform_->Faas({"ip", "legal"});
  const absl::StatusOr<HttpResponse> response =
      HttpGet(address.out.substr(0, address.out.find('\n')),
              static_cast<uint16_t>(platform_->port()), "/");
  ASSERT_OK(response);
  EXPECT_EQ(response->body, "legal\n");
  ExpectTree(platform_->state_dir() + "/images/legal/rootfs",
             legal.make_tree ? legal.make_tree() : legal.tree);
  EXPECT_EQ(DescribeChanges(before.sentinel, SnapshotTree(SentinelPath())), "");
  const CommandResult removed = platform_->Faas({"rm", "legal"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  // The registry has a new generation, and the functions are the same.
  Observation expected = before;
  // A container that still ran when the function was removed keeps its layers a
  // moment longer.
  WaitUntil([&] {
    EXPECT_EQ(platform_->Faas({"gc"}).exit_code, 0);
    const Observation now = Observe();
    expected.registry = now.registry;
    expected.layers = now.layers;
    return DescribeChanges(LayerTrees(before.layers), LayerTrees(now.layers))
        .empty();
  });
  EXPECT_EQ(
      DescribeChanges(LayerTrees(before.layers), LayerTrees(expected.layers)),
      "");
  ExpectUnharmed(expected);
  EXPECT_EQ(platform_->Faas({"list"}).out.find("legal"), std::string::npos);
}

bool HostileOracle::IsBeingWritten(const std::string& name) const {
  const TreeSnapshot staging =
      SnapshotTree(platform_->state_dir() + "/staging");
  return std::any_of(staging.begin(), staging.end(), [&](const auto& entry) {
    return absl::EndsWith(entry.first, "/" + name);
  });
}

void HostileOracle::ExpectKilledClientLeavesNothing(const std::string& archive,
                                                    const std::string& file) {
  const Observation before = Observe();
  // The feed gives half of the archive, and no end until this test ends.
  const ByteFeed feed(
      [&archive](const ByteSink& sink) {
        sink(absl::string_view(archive).substr(0, archive.size() / 2));
      },
      ByteFeed::End::kStayOpen);
  ChildOptions options;
  options.stdin_fd = feed.fd();
  options.env = {"FAASD_RUN_DIR=" + platform_->run_dir()};
  auto client =
      Child::Start({Runfile("faas_cli/faas"), "update", "victim"}, options);
  ASSERT_OK(client);
  EXPECT_TRUE(WaitUntil([&] { return IsBeingWritten(file); }));
  client->Kill(SIGKILL);
  EXPECT_TRUE(client->Wait(absl::Now() + kSoon));
  ExpectVictimAnswers();
  ExpectUnharmed(before);
}

}  // namespace faas::testing
