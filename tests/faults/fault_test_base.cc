#include "tests/faults/fault_test_base.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/faults/state_check.h"
#include "tests/faults/strace.h"

namespace faas::testing {
namespace {

// ext4's own journal takes 4 MiB of the disk, and the function "keep" nearly 3
// MiB.
constexpr uint64_t kDiskBytes = 32 << 20;

template <typename Problems>
void ExpectNoneSoon(Problems problems) {
  std::string found;
  WaitUntil([&] {
    found = problems();
    return found.empty();
  });
  EXPECT_EQ(found, "");
}

}  // namespace

void FaultTestBase::SetUp() {
  const std::string reason = Strace::Unusable();
  if (!reason.empty()) GTEST_SKIP() << reason;
  absl::StatusOr<std::unique_ptr<SmallDisk>> disk = SmallDisk::Make(kDiskBytes);
  if (!disk.ok()) GTEST_SKIP() << "no disk: " << disk.status();
  disk_ = *std::move(disk);
}

void FaultTestBase::TearDown() {
  PlatformTestBase::TearDown();
  // The platform must go before the disk that it is on.
  platform_.reset();
}

void FaultTestBase::Start(const std::vector<std::string>& registryd_flags) {
  PlatformOptions options;
  options.state_dir = disk_->path() + "/state";
  options.registryd_flags = {"--store_reserve=0"};
  options.registryd_flags.insert(options.registryd_flags.end(),
                                 registryd_flags.begin(),
                                 registryd_flags.end());
  ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  DeployVictim("keep", {"say", "keep"});
  ASSERT_FALSE(HasFailure());
}

std::string FaultTestBase::Archive(const std::string& version, Layout layout) {
  ImageBuilder image = VictimImage({"say", version});
  for (const char* name : {"one", "two"}) {
    image.AddLayer(MakeTar({FileEntry(name, version)}));
  }
  return image.Save(layout);
}

std::string FaultTestBase::LargeArchive(size_t bytes) {
  std::string content(bytes, '\0');
  std::mt19937 random(1);
  std::generate(content.begin(), content.end(),
                [&random] { return static_cast<char>(random()); });
  return VictimImage({"say", "large"})
      .AddLayer(MakeTar({FileEntry("large", content)}))
      .Save(Layout::kDocker25);
}

CommandResult FaultTestBase::Faas(const std::vector<std::string>& arguments,
                                  const std::string& input) {
  return platform().Faas(arguments, input);
}

void FaultTestBase::MustFaas(const std::vector<std::string>& arguments,
                             const std::string& input) {
  const CommandResult result = Faas(arguments, input);
  EXPECT_EQ(result.exit_code, 0)
      << "faas " << absl::StrJoin(arguments, " ") << ": " << result.err;
}

void FaultTestBase::ExpectRefused(const CommandResult& result,
                                  const std::string& category) {
  EXPECT_GT(result.exit_code, 0);
  const std::string error = WithoutProgress(result.err);
  EXPECT_THAT(error, ::testing::EndsWith(absl::StrCat(" [", category, "]\n")));
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << result.err;
}

bool FaultTestBase::Exists(const std::string& name) {
  return StoredFunctions(platform().state_dir()).count(name) > 0;
}

void FaultTestBase::ExpectAnswer(const std::string& name,
                                 const std::string& says) {
  const std::string address =
      StoredFunctions(platform().state_dir())[name].address;
  absl::StatusOr<HttpResponse> response;
  EXPECT_TRUE(WaitUntil([&] {
    response = HttpGet(address, platform().port(), "/");
    return response.ok() && response->body == says + "\n";
  })) << name
      << " at \"" << address << "\": " << response.status() << " "
      << (response.ok() ? response->raw : "") << " instead of " << says;
}

void FaultTestBase::ExpectStoreIsWhole() {
  ExpectNoneSoon([this] { return StoreProblems(platform().state_dir()); });
}

void FaultTestBase::ExpectClean() {
  // Containers end, and with them the mounts that only they hold. Until runnerd
  // has let go of a removed function, its layers are in use.
  ExpectNoneSoon([this] {
    MustFaas({"gc"});
    return PlatformProblems(platform());
  });
}

void FaultTestBase::RestartRegistryd() {
  platform().daemon("registryd")->Kill();
  EXPECT_OK(platform().StartDaemon("registryd"));
  EXPECT_OK(platform().AwaitHealthy());
}

std::string FaultTestBase::RegistryJson() {
  std::ifstream file(platform().state_dir() + "/registry.json");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace faas::testing
