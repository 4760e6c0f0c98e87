#include "image/stream/tar_reader.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "image/byte_source.h"
#include "image/error.h"
#include "image/testing/tree.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::TarWriter;
using testing::ExpectError;

constexpr size_t kBlock = 512;

// Returns two entries, the second with 600 bytes of content.
std::string TwoFiles() {
  return TarWriter().File("a", "1").File("b", std::string(600, 'x')).bytes();
}

absl::Status ReadAll(TarReader& reader, bool contents, size_t* bytes) {
  while (true) {
    const absl::StatusOr<archive_entry*> entry = reader.Next();
    if (!entry.ok() || *entry == nullptr) return entry.status();
    while (contents) {
      const absl::StatusOr<TarReader::Block> block = reader.Read();
      if (!block.ok()) return block.status();
      if (block->bytes.empty()) break;
      *bytes += block->bytes.size();
    }
  }
}

// umoci insert ends its layers so.
TEST(TarReaderTest, PaddingOfTheLastEntryMayBeMissing) {
  const std::string tar = TwoFiles().substr(0, 3 * kBlock + 600);
  for (const size_t chunk_bytes : {size_t{1}, size_t{100}, tar.size()}) {
    for (const bool contents : {true, false}) {
      StringSource source(tar, chunk_bytes);
      TarReader reader(source, "the tar");
      size_t bytes = 0;
      const absl::Status status = ReadAll(reader, contents, &bytes);
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_EQ(bytes, contents ? 601u : 0u);
      const auto trailer = reader.Drain();
      ASSERT_TRUE(trailer.ok()) << trailer.status();
      EXPECT_FALSE(trailer->marked);
    }
  }
}

TEST(TarReaderTest, ContentAndHeadersMayNot) {
  for (const size_t size : {kBlock + 0, 2 * kBlock + 100, 3 * kBlock + 1,
                            3 * kBlock + 512, 3 * kBlock + 599}) {
    for (const bool contents : {true, false}) {
      SCOPED_TRACE(size);
      StringSource source(TwoFiles().substr(0, size));
      TarReader reader(source, "the tar");
      size_t bytes = 0;
      ExpectError(ReadAll(reader, contents, &bytes), ErrorCategory::kTruncated);
    }
  }
}

}  // namespace
}  // namespace faas::image
