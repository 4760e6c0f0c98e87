#include "extractor/client/extraction.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "extractor/client/pipe_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::extractor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TextArchive : public ArchiveSource {
 public:
  explicit TextArchive(std::string text, absl::Status end = absl::OkStatus())
      : text_(std::move(text)), end_(std::move(end)) {}

  absl::Status WriteTo(int pipe) override {
    auto written = PipeWriter(pipe, [] { return false; }).Write(text_);
    return written.ok() ? end_ : written.status();
  }

 private:
  const std::string text_;
  const absl::Status end_;
};

class NoLayers : public image::StoredLayers {
 public:
  std::optional<image::Layer> FindBlob(const std::string&) override {
    return std::nullopt;
  }
  std::optional<image::Layer> FindDiffId(const std::string&) override {
    return std::nullopt;
  }
  std::vector<image::Layer> FindBeginning(const image::Checkpoint&) override {
    return {};
  }
};

int OpenDescriptors() {
  int count = 0;
  DIR* const directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

// The extractor in these tests has been taken over by its archive.
class ExtractionTest : public testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    descriptors_ = OpenDescriptors();
  }

  void TearDown() override {
    EXPECT_EQ(OpenDescriptors(), descriptors_);
    // There is no child left to be reaped.
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  }

  ExtractionOptions Options() {
    return {.program = "extractor/client/testing/fake_extractor",
            .staging = "/staging",
            .id_base = 100000,
            .limits = {.archive_bytes = uint64_t{64} << 20},
            .reference = "",
            .stored = &no_layers_,
            .admit =
                [this](uint64_t bytes) {
                  admitted_ += bytes;
                  return absl::OkStatus();
                },
            .on_progress = [this](const image::Progress&) { ++progress_; },
            .check_room = [this] { return room_; },
            .cancelled = [this] { return cancelled_.load(); }};
  }

  absl::StatusOr<image::ExtractedImage> Extract(const std::string& word) {
    TextArchive archive(word);
    return ExtractApart(archive, Options());
  }

  // Expects an error of category kStorage that contains `says`.
  void ExpectEnded(const std::string& word, const std::string& says) {
    const auto extracted = Extract(word);
    EXPECT_EQ(image::CategoryOf(extracted.status()),
              image::ErrorCategory::kStorage)
        << extracted.status();
    EXPECT_THAT(std::string(extracted.status().message()), HasSubstr(says));
  }

  NoLayers no_layers_;
  uint64_t admitted_ = 0;
  int progress_ = 0;
  absl::Status room_;
  std::atomic<bool> cancelled_ = false;
  int descriptors_ = 0;
};

TEST_F(ExtractionTest, ResultIsTaken) {
  const auto extracted = Extract("honest");
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  ASSERT_EQ(extracted->layers.size(), 1u);
  EXPECT_EQ(extracted->layers[0].directory, "/staging/0");
  EXPECT_EQ(extracted->image.id_base(), 100000u);
}

TEST_F(ExtractionTest, WhatIsNoMessageEndsIt) {
  ExpectEnded("garbage", "a message cannot be parsed");
  ExpectEnded("huge", "a message of 4294967295 bytes is too long");
  ExpectEnded("empty", "sent an empty message");
}

TEST_F(ExtractionTest, EndWithoutAResultIsAnError) {
  ExpectEnded("nothing", "ended with code 0 and without a result");
  ExpectEnded("half", "ended with code 0 and without a result");
  ExpectEnded("code", "ended with code 7 and without a result");
  ExpectEnded("abort", "was ended by signal 6 (Aborted)");
}

TEST_F(ExtractionTest, TalkWithoutEndEndsIt) {
  ExpectEnded("progress", "talked without end");
  EXPECT_GT(progress_, 64);
}

TEST_F(ExtractionTest, QuestionsAreAnsweredOneByOne) {
  ExpectEnded("impatient", "the extractor was ended because it");
}

TEST_F(ExtractionTest, MoreThanAnImageIsNotAdmitted) {
  ExpectEnded("greedy", "would write more than an image is");
  EXPECT_EQ(admitted_, 0u);
}

TEST_F(ExtractionTest, FalseResultIsRefused) {
  ExpectEnded("stolen", "as stored that it was not told of");
  ExpectEnded("other-content", "a layer's content by another's id");
}

TEST_F(ExtractionTest, EscapeSequencesDoNotReachTheClient) {
  const auto extracted = Extract("escape");
  EXPECT_EQ(extracted.status().message(),
            "the extractor reports an error that is none of an image");
}

TEST_F(ExtractionTest, ClientThatGoesEndsAnExtractorThatDoesNothing) {
  cancelled_ = true;
  EXPECT_TRUE(absl::IsCancelled(Extract("silent").status()));
}

TEST_F(ExtractionTest, FullDiskEndsAnExtractorThatDoesNotAsk) {
  room_ = absl::ResourceExhaustedError("full");
  EXPECT_EQ(Extract("silent").status(), room_);
}

TEST_F(ExtractionTest, ArchivesErrorIsTheErrorAndEndsIt) {
  const absl::Status gone = absl::CancelledError("the upload was broken off");
  TextArchive archive("silent", gone);
  EXPECT_EQ(ExtractApart(archive, Options()).status(), gone);
}

TEST_F(ExtractionTest, ArchiveThatNobodyReadsDoesNotHoldUpTheError) {
  TextArchive archive(absl::StrCat("code", std::string(64 << 20, 'x')));
  EXPECT_FALSE(ExtractApart(archive, Options()).ok());
}

TEST_F(ExtractionTest, ProgramThatIsNotThereIsSaid) {
  TextArchive archive("honest");
  ExtractionOptions options = Options();
  options.program = "/no/extractor";
  const auto extracted = ExtractApart(archive, options);
  EXPECT_THAT(std::string(extracted.status().message()),
              StartsWith("start \"/no/extractor\": ENOENT"));
}

}  // namespace
}  // namespace faas::extractor
