#include "faas_cli/upload_progress.h"

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

TEST(UploadProgressTest, BytesAreForPeople) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1000), "1.0 kB");
  EXPECT_EQ(HumanBytes(999'950), "1.0 MB");
  EXPECT_EQ(HumanBytes(123'456'789), "123.5 MB");
}

TEST(UploadProgressTest, LineShowsBarRateAndLayer) {
  UploadState state;
  state.sent_bytes = 50'000'000;
  state.total_bytes = 100'000'000;
  state.layers = 1;
  state.total_layers = 5;
  state.elapsed = absl::Seconds(2);
  EXPECT_EQ(ProgressLine(state, 100),
            "[##########          ]  50%  50.0 MB of 100.0 MB  25.0 MB/s  "
            "layer 2 of 5");
  EXPECT_EQ(ProgressLine(state, 10), "[#########");
  state.sent_bytes = state.total_bytes;
  state.all_sent = true;
  EXPECT_EQ(ProgressLine(state, 100),
            "[####################] 100%  100.0 MB  extracting layer 2 of 5");
}

TEST(UploadProgressTest, WhatIsNotKnownIsNotShown) {
  UploadState state;
  state.sent_bytes = 3'000;
  state.elapsed = absl::Seconds(1);
  EXPECT_EQ(ProgressLine(state, 100), "3.0 kB  3.0 kB/s  layer 1");
  state.layers = 7;
  state.total_layers = 7;
  EXPECT_EQ(ProgressLine(state, 100), "3.0 kB  3.0 kB/s  layer 7 of 7");
}

}  // namespace
}  // namespace faas::cli
