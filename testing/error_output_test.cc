#include "testing/error_output.h"

#include <gtest/gtest.h>

namespace faas::testing {
namespace {

constexpr char kError[] = "faas: too many entries [LIMIT]\n";

TEST(ErrorOutputTest, ProgressLinesAreRemoved) {
  for (const char* progress :
       {"12.0 MB  4.0 MB/s  layer 1\n", "999 B  3 B/s  layer 2 of 3\n",
        "12.0 MB  extracting layer 1\n", "1.5 GB  extracting layer 3 of 3\n",
        "[####                ]  20%  12.0 MB of 60.0 MB  4.0 MB/s  layer 1\n",
        "[####################] 100%  60.0 MB  extracting layer 1 of 2\n"}) {
    EXPECT_EQ(WithoutProgress(std::string(progress) + progress + kError),
              kError)
        << progress;
  }
}

TEST(ErrorOutputTest, OtherLinesAreKept) {
  for (const char* line :
       {"", kError, "no end of line", "12.0 MB\n", "layer 1\n",
        "faas: 12.0 MB  extracting layer 1\n",
        "12.0 MB  extracting layer 1 now\n", "\n", "12.0 MB  4.0 MB/s  layer 1",
        "\r12.0 MB  4.0 MB/s  layer 1\n"}) {
    EXPECT_EQ(WithoutProgress(line), line);
  }
}

}  // namespace
}  // namespace faas::testing
