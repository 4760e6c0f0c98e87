#include "image/stream/prefetch.h"

#include <string>

#include "gtest/gtest.h"

namespace faas::image {
namespace {

std::string Pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 / 256);
  return text;
}

std::string ReadAll(ByteSource& source) {
  std::string all;
  while (true) {
    const auto bytes = source.Next();
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    if (!bytes.ok() || bytes->empty()) return all;
    all.append(bytes->data(), bytes->size());
  }
}

TEST(PrefetchSourceTest, PassesEverythingOnInOrder) {
  for (const size_t size : {0, 1, 262'144, 5'000'000}) {
    for (const size_t chunk : {997, 262'144, 3'000'000}) {
      StringSource source(Pattern(size), chunk);
      StandbyThread standby_thread;
      PrefetchSource ahead(source, standby_thread);
      EXPECT_TRUE(ReadAll(ahead) == Pattern(size)) << size << " by " << chunk;
      EXPECT_TRUE(ahead.Next()->empty());
    }
  }
}

TEST(PrefetchSourceTest, MayBeStoppedBeforeTheEnd) {
  StringSource source(Pattern(50'000'000));
  StandbyThread standby_thread;
  PrefetchSource ahead(source, standby_thread);
  ASSERT_TRUE(ahead.Next().ok());
  ahead.Stop();
  EXPECT_FALSE(source.Next()->empty());
}

class FailingSource : public ByteSource {
 public:
  absl::StatusOr<absl::string_view> Next() override {
    if (calls_++ == 0) return absl::string_view("head");
    return absl::CancelledError("gone");
  }

 private:
  int calls_ = 0;
};

TEST(PrefetchSourceTest, ErrorComesAfterTheBytesBeforeIt) {
  FailingSource source;
  StandbyThread standby_thread;
  PrefetchSource ahead(source, standby_thread);
  EXPECT_EQ(*ahead.Next(), "head");
  EXPECT_EQ(ahead.Next().status(), absl::CancelledError("gone"));
  EXPECT_EQ(ahead.Next().status(), absl::CancelledError("gone"));
}

}  // namespace
}  // namespace faas::image
